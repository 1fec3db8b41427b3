import { wrapped } from '../play/strip-window';

/*
 * How a reel moves, as a pure function of time. Distances are in rows of the strip, times in ms.
 *
 *   launch   the speed grows evenly from rest to full speed
 *   run      full speed, for as long as the services need
 *   brake    a cubic from full speed to a standstill slightly beyond the stop
 *   settle   half a cosine back to the stop: the weight of the reel
 *
 * Where the reel ends is known only when the answer is in. A strip is some thirty rows long, and
 * running on to the right row could take most of a second; so the strip is moved under the blur by
 * whole rows at the moment of the decision. The fraction of a row goes on unbroken, and from then on
 * the rows that pass are those that lie before the stop on the real strip.
 */

/** Rows per second at full speed: more than half a row per frame, where single symbols blur. */
export const FULL_SPEED = 34;

interface Pace {
  launch: number;
  brake: number;
  settle: number;
  /** Time from the reply until the first reel rests, if the reels run at full speed, in milliseconds. */
  first: number;
  /** Time from the rest of one reel to the rest of the next. */
  stagger: number;
  /** Time from the launch of one reel to the launch of the next. */
  launchStagger: number;
  /** Distance beyond the stop, in rows. */
  overshoot: number;
}

/** All five reels rest 690 ms after the reply. */
export const NORMAL_PACE: Pace = {
  launch: 180,
  brake: 260,
  settle: 130,
  first: 390,
  stagger: 75,
  launchStagger: 28,
  overshoot: 0.16,
};

/** All five reels rest 250 ms after the reply. */
export const TURBO_PACE: Pace = {
  launch: 90,
  brake: 90,
  settle: 50,
  first: 142,
  stagger: 27,
  launchStagger: 8,
  overshoot: 0.1,
};

export interface Run {
  launchedAt: number;
  pace: Pace;
  /** The stop that was shown at the launch. */
  from: number;
  landing?: Landing;
}

interface Landing {
  brakeAt: number;
  settleAt: number;
  restAt: number;
  pace: Pace;
  /** Numbers of rows since the launch when the braking starts, and when the reel rests. */
  rowsAtBrake: number;
  rowsAtRest: number;
  stop: number;
}

interface ReelState {
  /** Position of the window's top edge on the strip, 0 ≤ position < length, increasing downwards. */
  position: number;
  /** In rows per second. */
  speed: number;
  rested: boolean;
}

/** When each reel rests, from left to right; each has time to launch and to brake. */
export function restTimes(runs: readonly Run[], answeredAt: number, pace: Pace): number[] {
  const times: number[] = [];
  for (const [reel, run] of runs.entries()) {
    const earliest = run.launchedAt + run.pace.launch + pace.brake + pace.settle;
    const previous = times[reel - 1] ?? -Infinity;
    times.push(
      Math.max(earliest, answeredAt + pace.first + reel * pace.stagger, previous + pace.stagger),
    );
  }
  return times;
}

export function landing(run: Run, stop: number, restAt: number, pace: Pace): Landing {
  const settleAt = restAt - pace.settle;
  const brakeAt = settleAt - pace.brake;
  const rowsAtBrake = rowsRunning(run, brakeAt);
  // Uniform braking covers half the distance of full speed; the result is rounded to whole rows.
  const braking = (FULL_SPEED * pace.brake * 0.55) / 1000;
  return {
    brakeAt,
    settleAt,
    restAt,
    pace,
    rowsAtBrake,
    rowsAtRest: Math.round(rowsAtBrake + braking),
    stop,
  };
}

export function reelAt(run: Run, now: number, stripLength: number): ReelState {
  const { landing: end } = run;
  const rows = end ? rowsLanding(run, end, now) : rowsRunning(run, now);
  // Symbols move downwards, so the window moves up the strip.
  const origin = end ? end.stop + end.rowsAtRest : run.from;
  return {
    position: wrapped(origin - rows, stripLength),
    speed: speedAt(run, now),
    rested: end !== undefined && now >= end.restAt,
  };
}

function rowsRunning({ launchedAt, pace }: Run, now: number): number {
  const elapsed = Math.max(0, now - launchedAt);
  if (elapsed < pace.launch) return (FULL_SPEED * elapsed * elapsed) / (2 * pace.launch) / 1000;
  return (FULL_SPEED * (elapsed - pace.launch / 2)) / 1000;
}

function rowsLanding(run: Run, end: Landing, now: number): number {
  if (now < end.brakeAt) return rowsRunning(run, now);
  if (now >= end.restAt) return end.rowsAtRest;
  const { overshoot, brake, settle } = end.pace;
  if (now >= end.settleAt) {
    const part = (now - end.settleAt) / settle;
    return end.rowsAtRest + (overshoot * (1 + Math.cos(Math.PI * part))) / 2;
  }
  const part = (now - end.brakeAt) / brake;
  const distance = end.rowsAtRest + overshoot - end.rowsAtBrake;
  const entering = (FULL_SPEED * brake) / 1000;
  return end.rowsAtBrake + hermite(part, distance, entering);
}

/** A cubic from 0 with slope `entering` to `distance` with slope 0, for 0 ≤ part ≤ 1. */
function hermite(part: number, distance: number, entering: number): number {
  const square = part * part;
  const cube = square * part;
  return entering * (cube - 2 * square + part) + distance * (3 * square - 2 * cube);
}

const SPEED_STEP_MS = 8;

function speedAt(run: Run, now: number): number {
  const rows = (at: number): number =>
    run.landing ? rowsLanding(run, run.landing, at) : rowsRunning(run, at);
  return Math.abs(((rows(now) - rows(now - SPEED_STEP_MS)) / SPEED_STEP_MS) * 1000);
}

/** Opacity of the blurred strip: 0 while symbols can be read, 1 at full speed. */
export function blurAt(speed: number): number {
  return Math.min(1, Math.max(0, (speed - 9) / 12));
}
