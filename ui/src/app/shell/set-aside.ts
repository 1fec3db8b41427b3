import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { SetAside } from '../core/api/schema';
import { Language } from '../core/i18n/language';

/** Databases with a phrase of their own. */
const KNOWN = ['players', 'rounds', 'wallets', 'telemetry'] as const;

/** Notices about damaged databases that are out of use; shown at every start until a person has read them. */
@Component({
  selector: 'rs-set-aside',
  template: `
    @for (notice of notices(); track notice.id) {
      <aside role="alert" data-test="set-aside">
        <p>
          {{ say(title(notice), { date: date(notice) }) }}
          <span class="where"
            >{{ say('setAside.where') }} <bdi>{{ notice.path }}</bdi></span
          >
        </p>
        <button type="button" data-test="set-aside-read" (click)="read(notice)">
          {{ say('setAside.read') }}
        </button>
      </aside>
    }
  `,
  styleUrl: './set-aside.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SetAsideNotices {
  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  private readonly listed = signal<readonly SetAside[]>([]);
  private readonly done = signal<ReadonlySet<string>>(new Set());
  protected readonly say = this.language.say;
  protected readonly notices = computed(() =>
    this.listed().filter((notice) => !this.done().has(notice.id)),
  );

  constructor() {
    void this.gateway.setAside().then(
      ({ notices }) => this.listed.set(notices),
      // Without a reply the page cannot work either, and the next start repeats the request.
      () => undefined,
    );
  }

  protected title({ database }: SetAside) {
    const known = KNOWN.find((name) => name === database);
    return `setAside.${known ?? 'other'}` as const;
  }

  protected date({ at }: SetAside): string {
    return this.language.formats().dateTime(at);
  }

  /** Hides a notice at once. If the gateway cannot store that, the next start shows it again. */
  protected read({ id }: SetAside): void {
    this.done.update((done) => new Set(done).add(id));
    this.gateway.readSetAside(id).catch(() => undefined);
  }
}
