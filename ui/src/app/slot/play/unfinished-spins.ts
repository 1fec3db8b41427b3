import { Injectable, inject } from '@angular/core';

import { Gateway } from '../../core/api/gateway';
import { ApiProblem } from '../../core/api/api-problem';
import { roundId } from '../../core/api/round-id';
import { Reading, Seat, Session } from '../../core/api/session';
import { RoundStanding, StakeStatus } from '../../core/api/schema';

const PREFIX = 'reelscope.unfinished.';
/** Intervals of requests for a spin whose outcome is unknown: 1, 2, 4, 8 s, and then 15 s. */
const FIRST_POLL_MS = 1_000;
const SLOWEST_POLL_MS = 15_000;

/** A spin whose outcome is unknown. */
export interface UnfinishedSpin {
  /** The idempotency key. */
  readonly key: string;
  readonly playerId: string;
  readonly stake: number;
  /** When it began, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Called with each report of the payment-service about the spin. */
type ReportListener = (standing: RoundStanding, reading: Reading, roundId: string) => void;

interface Followed {
  readonly seat: Seat;
  readonly spin: UnfinishedSpin;
  readonly told: ReportListener;
  polls: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a request is pending. */
  isPolling: boolean;
}

/** Whether a stake with this status can no longer change. */
export function isEnd(status: StakeStatus): boolean {
  return status === 'untouched' || status === 'returned' || status === 'paid';
}

/** The lock of a spin that this page follows or waits for. */
interface SpinLock {
  /** Resolves once no other page holds the lock. */
  readonly alone: Promise<void>;
  readonly release: () => void;
}

/**
 * The spins with an unknown outcome. They are stored from the press to the outcome, also while no page is open. Only
 * one page at a time follows a spin, and the page that began it does so until it is closed: another page would be told
 * that the stake is untouched while the first request is still pending.
 */
@Injectable({ providedIn: 'root' })
export class UnfinishedSpins {
  private readonly gateway = inject(Gateway);
  private readonly session = inject(Session);
  private readonly followed = new Map<string, Followed>();
  private readonly held = new Map<string, SpinLock>();

  /** Called before the request is sent, so that the key survives a page that is closed in the next moment. */
  keep(spin: UnfinishedSpin): void {
    void this.hold(spin.key);
    try {
      localStorage.setItem(PREFIX + spin.key, JSON.stringify(spin));
    } catch {
      // Without storage the spin is followed only while the page is open.
    }
  }

  /** Called when the outcome is known. */
  forget(key: string): void {
    this.unfollow(key);
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      // Storage is not available, so there is nothing to remove.
    }
    this.release(key);
  }

  /** The stored spins of a player, oldest first. */
  of(playerId: string): UnfinishedSpin[] {
    return stored()
      .filter((spin) => spin.playerId === playerId)
      .sort((one, other) => one.at - other.at);
  }

  /** Takes a spin over once no other page follows it. Resolves to false if its outcome has become known meanwhile. */
  async takeOver({ key }: UnfinishedSpin): Promise<boolean> {
    await this.hold(key);
    const isLeft = stored().some((spin) => spin.key === key);
    if (!isLeft) this.release(key);
    return isLeft;
  }

  /**
   * Requests the state of a spin until its outcome is known; `told` is called with each reply, including the last one.
   */
  follow(seat: Seat, spin: UnfinishedSpin, told: ReportListener): void {
    this.unfollow(spin.key);
    const followed = { seat, spin, told, polls: 0, timer: undefined, isPolling: false };
    this.followed.set(spin.key, followed);
    void this.poll(followed);
  }

  unfollow(key: string): void {
    clearTimeout(this.followed.get(key)?.timer);
    this.followed.delete(key);
  }

  /** Stops following, because another player is logged in. The spins stay stored until their player returns. */
  leave(): void {
    for (const key of [...this.followed.keys()]) this.unfollow(key);
    for (const key of [...this.held.keys()]) this.release(key);
  }

  /** Requests the state of every followed spin at once. */
  lookAgain(): void {
    for (const followed of this.followed.values()) void this.poll(followed);
  }

  /** The browser releases the lock when the page ends, even after a crash. */
  private hold(key: string): Promise<void> {
    const held = this.held.get(key);
    if (held) return held.alone;
    const { locks } = navigator as Partial<Navigator>;
    if (!locks) return Promise.resolve();
    let release = (): void => undefined;
    const end = new Promise<void>((resolve) => (release = resolve));
    const alone = new Promise<void>((resolve) => {
      const hold = (): Promise<void> => {
        resolve();
        return end;
      };
      // Without a lock the page follows its spins all the same.
      locks.request(PREFIX + key, hold).catch(() => resolve());
    });
    this.held.set(key, { alone, release });
    return alone;
  }

  private release(key: string): void {
    this.held.get(key)?.release();
    this.held.delete(key);
  }

  private async poll(followed: Followed): Promise<void> {
    const { seat, spin, told } = followed;
    if (followed.isPolling) return;
    followed.isPolling = true;
    clearTimeout(followed.timer);
    const current = (): boolean => this.followed.get(spin.key) === followed;
    const reading = this.session.ask();
    try {
      const id = await roundId(spin.playerId, spin.key);
      const standing = await seat.authorised((token) => this.gateway.round(token, id));
      this.session.answer(reading);
      if (!current()) return;
      if (isEnd(standing.stake_status)) this.forget(spin.key);
      told(standing, reading, id);
    } catch (error) {
      // The round belongs to another player, so there is nothing to follow.
      if (current() && error instanceof ApiProblem && error.code === 'not_found')
        this.forget(spin.key);
    } finally {
      followed.isPolling = false;
    }
    if (!current()) return;
    const pause = Math.min(FIRST_POLL_MS * 2 ** followed.polls, SLOWEST_POLL_MS);
    followed.polls += 1;
    followed.timer = setTimeout(() => void this.poll(followed), pause);
  }
}

function stored(): UnfinishedSpin[] {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(PREFIX))
      .flatMap((name) => {
        const spin = read(localStorage.getItem(name));
        return spin ? [spin] : [];
      });
  } catch {
    return [];
  }
}

function read(text: string | null): UnfinishedSpin | undefined {
  try {
    const spin = JSON.parse(text ?? 'null') as Partial<UnfinishedSpin> | null;
    const { key, playerId, stake, at } = spin ?? {};
    if (typeof key !== 'string' || typeof playerId !== 'string') return undefined;
    if (typeof stake !== 'number' || typeof at !== 'number') return undefined;
    return { key, playerId, stake, at };
  } catch {
    return undefined;
  }
}
