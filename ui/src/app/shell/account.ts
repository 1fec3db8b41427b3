import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';

import { RoundsStore } from '../core/api/rounds-store';
import { Session } from '../core/api/session';
import { Language } from '../core/i18n/language';
import { PartFailed, PartLoading } from '../core/ui/part-states';
import { Play } from '../slot/play/play';
import { normalisedCode } from './account-code';
import { AccountForm } from './account-form';
import type { AccountRefusal } from './account-form';

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
  private readonly rounds = inject(RoundsStore);
  private readonly play = inject(Play);
  private readonly host: HTMLElement = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  protected readonly say = inject(Language).say;
  protected readonly player = this.session.player;
  /** A spin belongs to one player from start to end, so the account cannot be switched meanwhile. */
  protected readonly locked = computed(() => this.play.phase() !== 'idle');

  private readonly _open = signal(false);
  private readonly _busy = signal(false);
  private readonly _refusal = signal<AccountRefusal | null>(null);
  protected readonly open = this._open.asReadonly();
  protected readonly busy = this._busy.asReadonly();
  protected readonly refusal = this._refusal.asReadonly();
  private readonly opener = viewChild<ElementRef<HTMLButtonElement>>('opener');

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
