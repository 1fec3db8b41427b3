import { Injectable, computed, inject, signal } from '@angular/core';
import { setUser } from '@sentry/angular';

import { Gateway } from './gateway';
import { Preferences } from './preferences';
import { ApiProblem } from './api-problem';
import { Player } from './schema';

/**
 * A player who is logged in. Requests through it are for this player, even after the account is
 * switched.
 */
export class Seat {
  private renewing: Promise<string> | undefined;

  constructor(
    private readonly gateway: Gateway,
    /** The player at the time of the log-in. */
    readonly player: Player,
    /** The token exists only in this object and ends with the page. */
    private token: string,
    /** When the player's balance was read. */
    readonly reading: Reading,
  ) {}

  /**
   * Calls with the token. When the session has ended, or a restarted gateway does not know it, it
   * is opened again silently and the call is repeated once.
   */
  async authorised<T>(call: (token: string) => Promise<T>): Promise<T> {
    const token = this.token;
    try {
      return await call(token);
    } catch (error) {
      const over =
        error instanceof ApiProblem && ['session_expired', 'unauthorized'].includes(error.code);
      if (!over) throw error;
      return call(await this.renewed(token, error));
    }
  }

  /**
   * Several calls may find the session ended at the same time; the first one renews it for all of
   * them.
   */
  private renewed(over: string, refusal: ApiProblem): Promise<string> {
    if (this.token !== over) return Promise.resolve(this.token);
    this.renewing ??= this.renew(refusal).finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async renew(refusal: ApiProblem): Promise<string> {
    const { account_code, player_id } = this.player;
    const { token, player } = await this.gateway.openSession(account_code, player_id);
    // In another data directory the account may belong to another player, who has not pressed
    // anything.
    if (player.player_id !== player_id) throw refusal;
    this.token = token;
    return token;
  }
}

/** When something was requested and answered, in moments of this page. */
export interface Reading {
  readonly asked: number;
  /** Infinity while the request is pending. */
  answered: number;
}

/**
 * The current player and the newest balance from the gateway; the page never computes a balance.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly gateway = inject(Gateway);
  private readonly preferences = inject(Preferences);

  private readonly _player = signal<Player | null>(null);
  private _seat: Seat | null = null;
  /** Counts requests and replies, to order them. */
  private moment = 0;
  /** The reading of the displayed balance. */
  private shown: Reading = { asked: 0, answered: 0 };
  private refreshing: Promise<void> | undefined;
  private again = false;
  private held = false;

  readonly player = this._player.asReadonly();
  readonly currency = computed(() => this.player()?.currency ?? 'RUB');

  get seat(): Seat | null {
    return this._seat;
  }

  /**
   * Logs in and makes this the current player. An account that only stands in for a missing one is
   * not remembered.
   */
  async open(accountCode: string, chosen = true): Promise<void> {
    this.sit(await this.logIn(accountCode), chosen);
  }

  /** Logs in without changing the current player. */
  async logIn(accountCode: string): Promise<Seat> {
    const reading = this.ask();
    const { token, player } = await this.gateway.openSession(
      accountCode,
      this.preferences.playerIdOf(accountCode),
    );
    this.answer(reading);
    return new Seat(this.gateway, player, token, reading);
  }

  /** The account is remembered only after it is known to exist. */
  sit(seat: Seat, chosen = true): void {
    this._seat = seat;
    this.shown = seat.reading;
    this._player.set(seat.player);
    // Only the id, because names must not leave the machine.
    setUser({ id: seat.player.player_id });
    if (chosen) this.preferences.rememberPlayer(seat.player);
  }

  /** Calls for the player who is current at this moment, until the call ends. */
  async authorised<T>(call: (token: string) => Promise<T>): Promise<T> {
    if (!this._seat) await this.open(this.preferences.accountCode());
    if (!this._seat) throw new Error('nobody has logged in');
    return this._seat.authorised(call);
  }

  /** Starts a reading: a request whose reply contains a balance. */
  ask(): Reading {
    return { asked: (this.moment += 1), answered: Infinity };
  }

  answer(reading: Reading): void {
    reading.answered = this.moment += 1;
  }

  /**
   * Applies a balance of the gateway. One that was answered before the request of the displayed
   * balance is older. If both requests overlapped, the order is unknown, and the balance is
   * requested again.
   */
  takeBalance(seat: Seat, balance: number, reading: Reading): void {
    if (seat !== this._seat || reading.answered < this.shown.asked) return;
    if (this.held || reading.asked < this.shown.answered) return void this.renew();
    this.shown = reading;
    this._player.update((player) => player && { ...player, balance });
  }

  /**
   * Holds back balances until they are released, because a balance during a spin would reveal its
   * result.
   */
  hold(): void {
    this.held = true;
  }

  letGo(): void {
    this.held = false;
    if (this.again) this.renew();
  }

  /** Requests the balance. One request at a time; a call meanwhile causes one more request. */
  refresh(): Promise<void> {
    if (this.refreshing || this.held) this.again = true;
    if (this.held) return Promise.resolve();
    this.refreshing ??= this.read().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private renew(): void {
    void this.refresh().catch(() => undefined);
  }

  private async read(): Promise<void> {
    do {
      this.again = false;
      const seat = this._seat;
      if (!seat) return;
      const reading = this.ask();
      try {
        const player = await seat.authorised((token) => this.gateway.player(token));
        this.answer(reading);
        // The account may have been switched, or another spin begun, while the request was pending.
        if (this.held || (seat === this._seat && reading.asked < this.shown.answered)) {
          this.again = true;
        } else if (seat === this._seat) {
          this.shown = reading;
          this._player.set(player);
        }
      } catch (error) {
        if (!this.again) throw error;
      }
    } while (this.again && !this.held);
  }
}
