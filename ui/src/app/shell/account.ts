import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';

import { Health } from '../core/api/health';
import { ApiProblem } from '../core/api/api-problem';
import { RoundsStore } from '../core/api/rounds-store';
import { Session } from '../core/api/session';
import { problemWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { PartFailed, PartLoading } from '../core/ui/part-states';
import { Play } from '../slot/play';
import { normalisedCode } from './account-code';
import { AccountForm } from './account-form';

type Refusal = { kind: 'malformed' } | { kind: 'failed'; code: string; error: unknown };

/** The present player, and the form to switch to another account. */
@Component({
  selector: 'rs-account',
  imports: [AccountForm, PartFailed, PartLoading],
  templateUrl: './account.html',
  styleUrl: './account.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(document:pointerdown)': 'closeOutside($event)',
    '(document:keydown.escape)': 'close()',
  },
})
export class Account {
  private readonly session = inject(Session);
  private readonly language = inject(Language);
  private readonly health = inject(Health);
  private readonly rounds = inject(RoundsStore);
  private readonly play = inject(Play);
  private readonly host: HTMLElement = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  protected readonly say = this.language.say;
  protected readonly player = this.session.player;
  /** A spin belongs to one player from start to end, so the account cannot be switched meanwhile. */
  protected readonly locked = computed(() => this.play.phase() !== 'idle');

  private readonly _open = signal(false);
  private readonly _busy = signal(false);
  private readonly _refusal = signal<Refusal | null>(null);
  protected readonly open = this._open.asReadonly();
  protected readonly busy = this._busy.asReadonly();
  private readonly opener = viewChild<ElementRef<HTMLButtonElement>>('opener');

  protected readonly refusal = computed(() => {
    const refusal = this._refusal();
    if (!refusal) return null;
    if (refusal.kind === 'malformed') return this.say('account.malformed');
    const { code, error } = refusal;
    if (error instanceof ApiProblem && error.code === 'player_not_found') {
      const seeding = this.health.seeding();
      if (!seeding) return this.say('account.notFound', { code });
      const { number } = this.language.formats();
      return this.say('account.notSeeded', {
        code,
        done: number(seeding.done),
        total: number(seeding.total),
      });
    }
    const { what } = problemWords(error);
    // The phrase of this error says "three times in a row", which is true of spins only.
    const reason =
      error instanceof ApiProblem ? this.language.text(what) : this.say('start.unreachable.title');
    return this.say('account.failed', { reason });
  });

  protected toggle(): void {
    this._refusal.set(null);
    this._open.update((open) => !open);
  }

  protected close(): void {
    if (!this._open()) return;
    this._open.set(false);
    this.opener()?.nativeElement.focus();
  }

  protected closeOutside(event: Event): void {
    if (event.target instanceof Node && !this.host.contains(event.target)) this._open.set(false);
  }

  protected async apply(typed: string): Promise<void> {
    if (this._busy() || this.locked()) return;
    const code = normalisedCode(typed);
    if (!code) {
      this._refusal.set({ kind: 'malformed' });
      return;
    }
    this._busy.set(true);
    this._refusal.set(null);
    try {
      const seat = await this.session.logIn(code);
      // A spin that began during the log-in belongs to the previous player, so the switch waits for its end.
      await this.play.atRest();
      this.session.sit(seat);
      this.play.clear();
      void this.play.resume();
      this.close();
      await this.rounds.refresh();
    } catch (error) {
      this._refusal.set({ kind: 'failed', code, error });
    } finally {
      this._busy.set(false);
    }
  }
}
