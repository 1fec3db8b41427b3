import { Injectable, inject } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { ApiProblem } from '../core/api/api-problem';
import { roundId } from '../core/api/round-id';
import { Reading, Seat, Session } from '../core/api/session';
import { RoundStanding, StakeStatus } from '../core/api/schema';

const PREFIX = 'reelscope.unfinished.';
/** A spin is looked at again after 1, 2, 4, 8 s and then every 15 s, until its end is known. */
const FIRST_LOOK_MS = 1_000;
const SLOWEST_LOOK_MS = 15_000;

/** A spin that has been pressed and whose end is not known. */
export interface UnfinishedSpin {
  /** The idempotency key. */
  readonly key: string;
  readonly playerId: string;
  readonly stake: number;
  /** When it was begun, milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Is told what the payment service says of the spin. */
type Told = (standing: RoundStanding, reading: Reading, roundId: string) => void;

interface Followed {
  readonly seat: Seat;
  readonly spin: UnfinishedSpin;
  readonly told: Told;
  looks: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** A look is under way. */
  looking: boolean;
}

/** Whether a stake that stands so stays so. */
export function isEnd(status: StakeStatus): boolean {
  return status === 'untouched' || status === 'returned' || status === 'paid';
}

/** A spin that a page works on. */
interface Held {
  /** Resolves once no other page works on it. */
  readonly alone: Promise<void>;
  readonly release: () => void;
}

/**
 * The spins whose end is not known: kept from the press to the end, also while no page is open, and followed. Each is
 * one page's at a time, the page's that began it for as long as that lives: another would hear that the stake is
 * untouched while the first is still asking.
 */
@Injectable({ providedIn: 'root' })
export class UnfinishedSpins {
  private readonly gateway = inject(Gateway);
  private readonly session = inject(Session);
  private readonly followed = new Map<string, Followed>();
  private readonly held = new Map<string, Held>();

  /** Is called before the request leaves: a page that is closed in the next moment leaves its key behind. */
  keep(spin: UnfinishedSpin): void {
    void this.hold(spin.key);
    try {
      localStorage.setItem(PREFIX + spin.key, JSON.stringify(spin));
    } catch {
      // Without storage the spin is followed for as long as the page is open.
    }
  }

  /** Its end is known. */
  forget(key: string): void {
    this.unfollow(key);
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      // It was not kept either.
    }
    this.release(key);
  }

  /** Those of a player that were left behind, oldest first. */
  of(playerId: string): UnfinishedSpin[] {
    return stored()
      .filter((spin) => spin.playerId === playerId)
      .sort((one, other) => one.at - other.at);
  }

  /** Makes a spin this page's once no other works on it. False when its end has become known until then. */
  async takeOver({ key }: UnfinishedSpin): Promise<boolean> {
    await this.hold(key);
    const isLeft = stored().some((spin) => spin.key === key);
    if (!isLeft) this.release(key);
    return isLeft;
  }

  /** Asks what became of a spin until its end is known; `told` hears each answer, the last one too. */
  follow(seat: Seat, spin: UnfinishedSpin, told: Told): void {
    this.unfollow(spin.key);
    const followed = { seat, spin, told, looks: 0, timer: undefined, looking: false };
    this.followed.set(spin.key, followed);
    void this.look(followed);
  }

  unfollow(key: string): void {
    clearTimeout(this.followed.get(key)?.timer);
    this.followed.delete(key);
  }

  /** Another player sits down. What was followed stays kept, and is followed when its player comes back. */
  leave(): void {
    for (const key of [...this.followed.keys()]) this.unfollow(key);
    for (const key of [...this.held.keys()]) this.release(key);
  }

  /** There is reason to think that an answer can be had. */
  lookAgain(): void {
    for (const followed of this.followed.values()) void this.look(followed);
  }

  /** The lock ends with the page, however that ends. */
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
      // A page that may hold no lock works on its spins all the same.
      locks.request(PREFIX + key, hold).catch(() => resolve());
    });
    this.held.set(key, { alone, release });
    return alone;
  }

  private release(key: string): void {
    this.held.get(key)?.release();
    this.held.delete(key);
  }

  private async look(followed: Followed): Promise<void> {
    const { seat, spin, told } = followed;
    if (followed.looking) return;
    followed.looking = true;
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
      // A round of somebody else's: there is nothing of this player's to follow.
      if (current() && error instanceof ApiProblem && error.code === 'not_found')
        this.forget(spin.key);
    } finally {
      followed.looking = false;
    }
    if (!current()) return;
    const pause = Math.min(FIRST_LOOK_MS * 2 ** followed.looks, SLOWEST_LOOK_MS);
    followed.looks += 1;
    followed.timer = setTimeout(() => void this.look(followed), pause);
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
