import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';

import { Connection } from '../core/api/connection';
import { Health } from '../core/api/health';
import { Preferences } from '../core/api/preferences';
import { Language } from '../core/i18n/language';
import { Pages, pathOf } from '../core/ui/pages';
import { PartFailed } from '../core/ui/part-states';
import { Presenting } from '../core/ui/presenting';
import { Account } from './account';
import { FaultsOn, ReleaseChanges } from './fault-chips';
import { LanguageChoice } from './language-choice';
import { OpenIssues } from './open-issues';

/** The header: brand, pages, and controls of the whole window. */
@Component({
  selector: 'rs-header',
  imports: [Account, FaultsOn, LanguageChoice, OpenIssues, PartFailed, ReleaseChanges],
  templateUrl: './header.html',
  styleUrl: './header.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Header {
  private readonly language = inject(Language);
  protected readonly preferences = inject(Preferences);
  protected readonly pages = inject(Pages);
  protected readonly presenting = inject(Presenting);
  protected readonly health = inject(Health);
  protected readonly say = this.language.say;
  protected readonly pathOf = pathOf;
  protected readonly connection = inject(Connection);

  /** Whether the first screen is drawn, so that other parts may be loaded. */
  readonly settled = input(false);
  /** Emitted when the list of keys is requested. */
  readonly help = output();

  protected readonly seeding = computed(() => {
    const seeding = this.health.seeding();
    if (!seeding) return null;
    const { number } = this.language.formats();
    return {
      ...seeding,
      text: this.say('header.seeding', {
        done: number(seeding.done),
        total: number(seeding.total),
      }),
    };
  });
  protected readonly healthTitle = computed(() =>
    this.connection.lost()
      ? this.say('connection.lost')
      : this.health.healthy()
        ? this.say('header.healthy')
        : this.health.diskFull()
          ? this.say('header.diskFull')
          : this.say('header.degraded', { services: this.health.down().join(', ') }),
  );
}
