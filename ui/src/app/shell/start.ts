import {
  EnvironmentProviders,
  Injectable,
  inject,
  provideAppInitializer,
  signal,
} from '@angular/core';

import { Health } from '../core/api/health';
import { pause } from '../core/api/pause';
import { PaytableStore } from '../core/api/paytable-store';
import { Preferences } from '../core/api/preferences';
import { NoAnswer, ApiProblem } from '../core/api/api-problem';
import { RoundsStore } from '../core/api/rounds-store';
import { Session } from '../core/api/session';
import { problemWords } from '../core/i18n/error-words';
import { Language, Message } from '../core/i18n/language';
import { Play } from '../slot/play/play';

type StartState =
  'loading' | 'seeding' | 'ready' | 'unreachable' | 'launch_token_required' | 'refused';

const SEEDING_RETRY_MS = 1000;
const FIRST_ACCOUNT = 'RS-000001';
/**
 * Limit of waiting for the services before the page is drawn, in milliseconds. Services that respond need a fraction of
 * it.
 */
const DRAWN_AFTER_MS = 250;

/**
 * Starts before the page is drawn, and draws it when the machine can be shown. Drawing the loading state first means a
 * second layout and paint, which takes longer than the services.
 */
export function provideStart(): EnvironmentProviders {
  return provideAppInitializer(async () => {
    const start = inject(Start);
    await Promise.race([start.run(), pause(DRAWN_AFTER_MS)]);
  });
}

/** Leads from an empty page to a machine that can be played. */
@Injectable({ providedIn: 'root' })
export class Start {
  private readonly session = inject(Session);
  private readonly health = inject(Health);
  private readonly paytable = inject(PaytableStore);
  private readonly rounds = inject(RoundsStore);
  private readonly preferences = inject(Preferences);
  private readonly play = inject(Play);
  private readonly language = inject(Language);

  private readonly _state = signal<StartState>('loading');
  private readonly _refusal = signal<Message | null>(null);

  readonly state = this._state.asReadonly();
  /** Why the gateway refused the start, if that is known. */
  readonly refusal = this._refusal.asReadonly();

  async run(): Promise<void> {
    this._state.set('loading');
    const health = this.health.watch();
    try {
      await Promise.all([
        this.paytable.load(),
        this.openAccount(this.preferences.accountCode()).then(() => this.rounds.refresh()),
      ]);
      void this.play.resume();
      this._state.set('ready');
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'recording_read_only')
        return await this.fail(error);
      // Health tells whether a recording is shown instead of the game.
      await health;
      this._state.set('ready');
    }
  }

  private async openAccount(code: string, chosen = true): Promise<void> {
    try {
      await this.session.open(code, chosen);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'player_not_found') throw error;
      if (code !== FIRST_ACCOUNT) {
        // A remembered player may be missing in a new data directory; the first player never is.
        return this.openAccount(FIRST_ACCOUNT, false);
      }
      await this.health.watch();
      if (!this.health.seeding()) throw error;
      this._state.set('seeding');
      await pause(SEEDING_RETRY_MS);
      return this.openAccount(code, chosen);
    }
  }

  /** The gateway no longer accepts the token of this window. */
  lockOut(): void {
    this._state.set('launch_token_required');
  }

  private async fail(error: unknown): Promise<void> {
    if (error instanceof NoAnswer) this._state.set('unreachable');
    else if (error instanceof ApiProblem && error.code === 'launch_token_required')
      this._state.set('launch_token_required');
    else {
      await this.language.wholeOrFailed();
      this._refusal.set(problemWords(error).what);
      this._state.set('refused');
    }
  }
}
