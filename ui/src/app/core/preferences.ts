import { Injectable, Signal, WritableSignal, signal } from '@angular/core';

import { AS_IN_SCRIPT, Assumptions, assumptionsOf } from './assumptions';
import { Lang, isLang, langOf } from './language-of';

const PREFIX = 'reelscope.';

/** What the page remembers between visits. The session token is deliberately not among it. */
@Injectable({ providedIn: 'root' })
export class Preferences {
  private readonly _lang = signal<Lang>(rememberedLang());
  private readonly _sound = signal(read('sound') === 'on');
  private readonly _turbo = signal(read('turbo') === 'on');
  private readonly _accountCode = signal(read('account') ?? 'RS-000001');

  private readonly _assumptions = signal(assumptionsOf(read('assumptions')));

  readonly lang: Signal<Lang> = this._lang.asReadonly();
  readonly sound = this._sound.asReadonly();
  readonly turbo = this._turbo.asReadonly();
  readonly accountCode = this._accountCode.asReadonly();
  readonly assumptions = this._assumptions.asReadonly();

  chooseLang(lang: Lang): void {
    this._lang.set(lang);
    write('lang', lang);
  }

  toggleSound(): void {
    toggle(this._sound, 'sound');
  }

  toggleTurbo(): void {
    toggle(this._turbo, 'turbo');
  }

  /** Null takes all of them back to the script. */
  assume(change: Partial<Assumptions> | null): void {
    this._assumptions.update((all) => (change ? { ...all, ...change } : AS_IN_SCRIPT));
    write('assumptions', JSON.stringify(this._assumptions()));
  }

  rememberAccount(code: string): void {
    this._accountCode.set(code);
    write('account', code);
  }
}

function rememberedLang(): Lang {
  const remembered = read('lang');
  return isLang(remembered) ? remembered : langOf(navigator.language);
}

function toggle(flag: WritableSignal<boolean>, name: string): void {
  flag.update((on) => !on);
  write(name, flag() ? 'on' : 'off');
}

/** Storage can be refused (private windows, policies); the page then simply forgets. */
function read(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Nothing to do: the choice holds until the page is closed.
  }
}
