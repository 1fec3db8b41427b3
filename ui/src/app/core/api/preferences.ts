import { Injectable, WritableSignal, signal } from '@angular/core';

import { remember, remembered } from './remembered';
import { Player } from './schema';

/** The preferences of the person at the machine. The session token is deliberately not stored. */
@Injectable({ providedIn: 'root' })
export class Preferences {
  private readonly _sound = signal(remembered('sound') === true);
  private readonly _turbo = signal(remembered('turbo') === true);
  private readonly _presenter = signal(remembered('presenter') === true);
  private readonly _accountCode = signal(rememberedAccount());
  private playerId = textOf(remembered('player'));

  readonly sound = this._sound.asReadonly();
  readonly turbo = this._turbo.asReadonly();
  /** Whether everything is larger, for the back of a room. */
  readonly presenter = this._presenter.asReadonly();
  readonly accountCode = this._accountCode.asReadonly();

  toggleSound(): void {
    toggle(this._sound, 'sound');
  }

  toggleTurbo(): void {
    toggle(this._turbo, 'turbo');
  }

  togglePresenter(): void {
    toggle(this._presenter, 'presenter');
  }

  /** Remembers the chosen account. */
  rememberPlayer({ account_code, player_id }: Player): void {
    if (account_code !== this._accountCode()) {
      this._accountCode.set(account_code);
      remember('account', account_code);
    }
    if (player_id === this.playerId) return;
    this.playerId = player_id;
    remember('player', player_id);
  }

  /** The player of this account, if it is the remembered one. */
  playerIdOf(accountCode: string): string | undefined {
    return accountCode === this._accountCode() ? this.playerId : undefined;
  }
}

function rememberedAccount(): string {
  return textOf(remembered('account')) ?? 'RS-000001';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function toggle(flag: WritableSignal<boolean>, name: string): void {
  flag.update((on) => !on);
  remember(name, flag());
}
