import { Injectable, computed, inject, signal } from '@angular/core';
import { setUser } from '@sentry/angular';

import { Gateway } from './gateway';
import { Preferences } from './preferences';
import { ApiProblem } from './api-problem';
import { Player } from './schema';

/** A player who has logged in. Whatever is asked through it is asked for this player, whoever sits down meanwhile. */
export class Seat {
  private renewing: Promise<string> | undefined;

  constructor(
    private readonly gateway: Gateway,
    /** As of the log-in. */
    readonly player: Player,
    /** Lives in this object only and dies with the page. */
    private token: string,
    /** When the player's balance was read. */
    readonly reading: Reading,
  ) {}

  /**
   * Calls with the token. A session that has run out (or that a restarted gateway does not know)
   * is opened anew without a word, and the call is made once more, as it was.
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

  /** Several calls may find the session over at once: the first opens it anew for all of them. */
  private renewed(over: string, refusal: ApiProblem): Promise<string> {
    if (this.token !== over) return Promise.resolve(this.token);
    this.renewing ??= this.renew(refusal).finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async renew(refusal: ApiProblem): Promise<string> {
    const { account_code, player_id } = this.player;
    const { token, player } = await this.gateway.openSession(account_code, player_id);
    // In another data directory the account may be another player, who has pressed nothing.
    if (player.player_id !== player_id) throw refusal;
    this.token = token;
    return token;
  }
}

/** When something was asked for and answered, in moments of this page. */
export interface Reading {
  readonly asked: number;
  /** Infinity while the answer is under way. */
  answered: number;
}

/** Who plays, and the player's balance: the newest that the gateway has said; the page never computes one. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly gateway = inject(Gateway);
  private readonly preferences = inject(Preferences);

  private readonly _player = signal<Player | null>(null);
  private _seat: Seat | null = null;
  /** Counts questions and answers: which came first decides what is newer. */
  private moment = 0;
  /** Of the balance that is shown. */
  private shown: Reading = { asked: 0, answered: 0 };
  private refreshing: Promise<void> | undefined;
  private again = false;
  private held = false;

  readonly player = this._player.asReadonly();
  readonly currency = computed(() => this.player()?.currency ?? 'RUB');

  get seat(): Seat | null {
    return this._seat;
  }

  /** Logs in and sits down. Whoever was not chosen, but sits in for somebody who is missing, is not remembered. */
  async open(accountCode: string, chosen = true): Promise<void> {
    this.sit(await this.logIn(accountCode), chosen);
  }

  /** Logs in, and changes nothing of who plays. */
  async logIn(accountCode: string): Promise<Seat> {
    const reading = this.ask();
    const { token, player } = await this.gateway.openSession(
      accountCode,
      this.preferences.playerIdOf(accountCode),
    );
    this.answer(reading);
    return new Seat(this.gateway, player, token, reading);
  }

  /** The account is remembered only once it is known to exist. */
  sit(seat: Seat, chosen = true): void {
    this._seat = seat;
    this.shown = seat.reading;
    this._player.set(seat.player);
    // The id and nothing else: names stay in the house.
    setUser({ id: seat.player.player_id });
    if (chosen) this.preferences.rememberPlayer(seat.player);
  }

  /** Calls for whoever plays at this moment, to the end of the call. */
  async authorised<T>(call: (token: string) => Promise<T>): Promise<T> {
    if (!this._seat) await this.open(this.preferences.accountCode());
    if (!this._seat) throw new Error('nobody has logged in');
    return this._seat.authorised(call);
  }

  /** A question that a balance comes with begins. */
  ask(): Reading {
    return { asked: (this.moment += 1), answered: Infinity };
  }

  answer(reading: Reading): void {
    reading.answered = this.moment += 1;
  }

  /**
   * A balance as the gateway said it. One that was answered before that on the screen was asked for is older. Where the
   * two were under way at the same time nobody can tell which is newer: that is asked.
   */
  takeBalance(seat: Seat, balance: number, reading: Reading): void {
    if (seat !== this._seat || reading.answered < this.shown.asked) return;
    if (this.held || reading.asked < this.shown.answered) return void this.renew();
    this.shown = reading;
    this._player.update((player) => player && { ...player, balance });
  }

  /** What is said of the balance is not shown until it is let go: while the reels turn it would tell their result. */
  hold(): void {
    this.held = true;
  }

  letGo(): void {
    this.held = false;
    if (this.again) this.renew();
  }

  /** Asks anew. One question at a time; whoever asks meanwhile has it asked once more. */
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
        // The account may have been switched, or another spin begun, while the reply was under way.
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
