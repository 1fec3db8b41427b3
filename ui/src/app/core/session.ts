import { Injectable, computed, inject, signal } from '@angular/core';
import { setUser } from '@sentry/angular';

import { Gateway } from './gateway';
import { Preferences } from './preferences';
import { Problem } from './problem';
import { Player } from './wire';

/** Who plays. The token lives in this object only and dies with the page. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly gateway = inject(Gateway);
  private readonly preferences = inject(Preferences);

  private token: string | null = null;
  private readonly _player = signal<Player | null>(null);

  readonly player = this._player.asReadonly();
  readonly currency = computed(() => this.player()?.currency ?? 'RUB');

  /** Signs in; the account is remembered only once it is known to exist. */
  async open(accountCode: string): Promise<void> {
    const session = await this.gateway.openSession(accountCode);
    this.token = session.token;
    this._player.set(session.player);
    // The id and nothing else: names stay in the house.
    setUser({ id: session.player.player_id });
    this.preferences.rememberAccount(session.player.account_code);
  }

  /**
   * Calls with the token. A session that has run out (or that a restarted gateway does not know)
   * is opened anew without a word, and the call is made once more, as it was.
   */
  async authorised<T>(call: (token: string) => Promise<T>): Promise<T> {
    const token = this.token ?? (await this.renew());
    try {
      return await call(token);
    } catch (error) {
      const over =
        error instanceof Problem && ['session_expired', 'unauthorized'].includes(error.code);
      if (!over) throw error;
      return call(await this.renew());
    }
  }

  /** The balance as the gateway last said it; the page never computes one. */
  takeBalance(balance: number): void {
    this._player.update((player) => player && { ...player, balance });
  }

  async refresh(): Promise<void> {
    const asked = this._player()?.account_code;
    const player = await this.authorised((token) => this.gateway.player(token));
    // The account may have been switched while the reply was under way.
    if (player.account_code === asked) this._player.set(player);
  }

  private async renew(): Promise<string> {
    const code = this._player()?.account_code ?? this.preferences.accountCode();
    const session = await this.gateway.openSession(code);
    this.token = session.token;
    return session.token;
  }
}
