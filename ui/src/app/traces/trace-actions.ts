import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  output,
  signal,
} from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { ShownSettings, TraceDetail } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { comparePath } from '../core/ui/trace-place';
import { ComparePick } from './list/compare-pick';
import { download } from './download';
import { fileName, traceHtml, traceJson } from './export-trace';
import { Layout } from './tree/layout';
import { sentryLink } from './sentry-link';
import { TraceFeed } from './list/trace-feed';

/** The actions on a trace: compare it, save it, open it in Sentry. */
@Component({
  selector: 'rs-trace-actions',
  template: `
    <button type="button" class="quiet" data-test="compare" (click)="comparePrevious()">
      {{ say(pick.picked() ? 'viewer.trace.comparePicked' : 'viewer.trace.compare') }} <kbd>x</kbd>
    </button>
    <button type="button" class="quiet" data-test="export-json" (click)="save('json')">JSON</button>
    <button
      type="button"
      class="quiet"
      data-test="export-html"
      [title]="say('viewer.trace.htmlHint')"
      (click)="save('html')"
    >
      HTML
    </button>
    @if (sentry(); as link) {
      @if ('url' in link) {
        <a class="main" target="_blank" rel="noopener" data-test="open-sentry" [href]="link.url">
          {{ say('viewer.trace.sentry') }}
        </a>
      } @else {
        <a href="/settings" class="quiet unset" data-test="set-sentry" (click)="toSettings($event)">
          {{ lacks(link.missing) }}
        </a>
      }
    }
  `,
  styleUrl: './trace-actions.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TraceActions {
  readonly id = input.required<string>();
  readonly detail = input.required<TraceDetail | null>();
  readonly layout = input.required<Layout | null>();
  /** Emits the result of an action as text. */
  readonly said = output<string>();

  private readonly address = inject(Address);
  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  private readonly feed = inject(TraceFeed);
  protected readonly pick = inject(ComparePick);
  protected readonly say = this.language.say;
  private readonly settings = signal<ShownSettings | null>(null);
  protected readonly sentry = computed(() => {
    const settings = this.settings();
    return settings && sentryLink(settings, this.id());
  });

  constructor() {
    void this.askSettings();
  }

  /** Compares with the picked trace, or else with the previous one of the same kind. */
  async comparePrevious(): Promise<void> {
    const summary = this.detail()?.summary;
    if (!summary) return;
    if (this.pick.picked()) return this.pick.pick(summary);
    try {
      const previous = await this.feed.previous(summary);
      if (previous) this.address.go(comparePath(previous.trace_id, summary.trace_id));
      else this.said.emit(this.say('viewer.trace.noPrevious'));
    } catch {
      this.said.emit(this.say('viewer.list.failedLoad'));
    }
  }

  protected save(kind: 'json' | 'html'): void {
    const [detail, layout] = [this.detail(), this.layout()];
    if (!detail || !layout) return;
    const name = fileName(detail, kind);
    if (kind === 'json') download(name, 'application/json', traceJson(detail));
    else {
      const { say, language } = this;
      const tongue = { lang: language.active(), say, formats: language.formats() };
      download(name, 'text/html', traceHtml(detail, layout, tongue));
    }
    this.said.emit(this.say('viewer.trace.saved', { name }));
  }

  protected lacks(what: 'dsn' | 'organization'): string {
    return this.say(`viewer.trace.missing.${what}`);
  }

  protected toSettings(event: MouseEvent): void {
    this.address.follow(event, '/settings');
  }

  private async askSettings(): Promise<void> {
    try {
      this.settings.set(await this.gateway.settings());
    } catch {
      // Without the settings there is no link to Sentry; the other actions work.
    }
  }
}
