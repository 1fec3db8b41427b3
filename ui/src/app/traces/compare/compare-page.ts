import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';

import { micros } from '../../core/api/micros';
import { Formats } from '../../core/i18n/formats';
import { Language } from '../../core/i18n/language';
import { brief, joined } from '../../core/i18n/legible';
import { timesWords } from '../../core/i18n/times-words';
import { Address } from '../../core/ui/address';
import { firstOf } from '../../core/ui/capped';
import { NotShown } from '../../core/ui/not-shown';
import { RowList } from '../../core/ui/row-list';
import { colourOf } from '../../core/ui/service-colour';
import { pageAt } from '../../core/ui/pages';
import { comparePath, placeAt, tracePath } from '../../core/ui/trace-place';
import { VirtualRows } from '../../core/ui/virtual-rows';
import { LoadWords } from '../../core/ui/load-words';
import { ActorChange, Pair, compare } from './compare';
import { followTrace } from '../tree/followed-trace';
import { Layout, layoutOf } from '../tree/layout';
import { actorOf, failedHere, labelOf } from '../tree/span-node';
import { nameOfTrace } from '../tree/trace-name';

/** Limit of the texts in a line, in characters; the pages of the traces have the whole texts. */
const MOST_OF_A_NAME = 200;
const MOST_SHARES = 4;

/** Two traces side by side: what became slower or faster, by span and on the critical path. */
@Component({
  selector: 'rs-compare-page',
  imports: [NotShown, LoadWords, RowList, VirtualRows],
  templateUrl: './compare-page.html',
  styleUrls: [
    '../../core/ui/rows.css',
    '../trace-screen.css',
    '../waterfall/span-name.css',
    './compare-page.css',
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown)': 'press($event)' },
})
export class ComparePage {
  protected readonly address = inject(Address);
  private readonly language = inject(Language);
  protected readonly say = this.language.say;
  private readonly scroller = viewChild(VirtualRows);

  private readonly place = computed(() => {
    const place = placeAt(this.address.path());
    return place.what === 'compare' ? place : { before: '', after: '' };
  });
  private readonly beforeId = computed(() => this.place().before);
  private readonly afterId = computed(() => this.place().after);
  protected readonly before = followTrace(this.beforeId);
  protected readonly after = followTrace(this.afterId);
  /** Whether only changes of more than a hundredth of the whole are shown. */
  protected readonly changedOnly = signal(false);
  protected readonly allShares = signal(false);

  private readonly layouts = computed(() => {
    const [before, after] = [this.before.detail(), this.after.detail()];
    return before && after ? { before: layoutOf(before), after: layoutOf(after) } : null;
  });
  private readonly comparison = computed(() => {
    const layouts = this.layouts();
    return layouts && compare(layouts.before.tree, layouts.after.tree);
  });
  protected readonly state = computed(() => {
    const states = [this.before.state(), this.after.state()];
    return (
      (['failed', 'unknown', 'loading'] as const).find((each) => states.includes(each)) ?? 'ready'
    );
  });

  protected readonly sides = computed(() => {
    const layouts = this.layouts();
    if (!layouts) return [];
    const longest = Math.max(this.rootTime(layouts.before), this.rootTime(layouts.after), 1);
    return [
      this.side('before', layouts.before, longest),
      this.side('after', layouts.after, longest),
    ];
  });
  protected readonly sentence = computed(() => {
    const comparison = this.comparison();
    if (!comparison) return '';
    const { lapse, percent } = this.language.formats();
    const { delta, cause, beforeTime } = comparison;
    if (delta === 0) return this.say('viewer.compare.same');
    const size = lapse(micros(Math.abs(delta)));
    const share = beforeTime > 0 ? percent((Math.abs(delta) / beforeTime) * 100, 0) : '–';
    const way = delta < 0 ? 'faster' : 'slower';
    if (!cause) return this.say(`viewer.compare.${way}`, { size, share });
    const part = lapse(micros(Math.abs(cause.delta)));
    const against = Math.abs(cause.delta) - Math.abs(delta);
    // If one part changed more than the whole, others changed in the opposite direction.
    const words =
      against > 0
        ? (`viewer.compare.${way}Despite` as const)
        : (`viewer.compare.${way}Because` as const);
    return this.say(words, { size, share, part, actor: cause.actor, rest: lapse(micros(against)) });
  });
  protected readonly actors = computed(() =>
    (this.comparison()?.actors ?? [])
      .filter(
        ({ beforeTime, afterTime, selfDelta }) => beforeTime + afterTime > 0 || selfDelta !== 0,
      )
      .map((actor) => this.actorLine(actor)),
  );

  private readonly pairs = computed(() => {
    const comparison = this.comparison();
    if (!comparison) return [];
    if (!this.changedOnly()) return comparison.pairs;
    const least = Math.max(comparison.beforeTime, comparison.afterTime) / 100;
    return comparison.pairs.filter(({ delta }) => Math.abs(delta) >= least);
  });
  protected readonly ids = computed(() => this.pairs().map(({ key }) => `pair-${key}`));
  protected readonly lines = computed(() => {
    const scroller = this.scroller();
    const comparison = this.comparison();
    if (!scroller || !comparison) return [];
    const longest = Math.max(comparison.beforeTime, comparison.afterTime, 1);
    const formats = this.language.formats();
    return scroller.inSight(this.pairs()).map((pair) => lineOf(pair, longest, formats));
  });

  protected readonly headline = computed(() => {
    const comparison = this.comparison();
    if (!comparison) return null;
    const { lapse } = this.language.formats();
    const { beforeTime, afterTime, delta } = comparison;
    const way = delta < 0 ? ('faster' as const) : ('slower' as const);
    const [longer, shorter] = [Math.max(beforeTime, afterTime), Math.min(beforeTime, afterTime)];
    const times = longer / Math.max(shorter, 1);
    return {
      before: lapse(beforeTime),
      after: lapse(afterTime),
      way,
      times: times < LEAST_TIMES ? '' : timesWords(this.language, way, times),
    };
  });

  /** The page from which the person came: another comparison is none. */
  private readonly origin = new URL(this.address.cameFrom() ?? '/traces', location.origin);
  protected readonly back = computed(() => {
    const { pathname, search } = this.origin;
    const place = placeAt(pathname);
    const page = pageAt(pathname);
    if (page === 'traces' && place.what !== 'trace')
      return { href: this.address.asLeft('/traces'), text: this.say('viewer.list.title') };
    const text = page === 'traces' ? this.say('viewer.list.name') : this.say(`nav.${page}`);
    return { href: pathname + search, text };
  });

  protected leave(event: MouseEvent): void {
    const { pathname, searchParams } = this.origin;
    if (pageAt(pathname) === 'traces' && placeAt(pathname).what !== 'trace')
      this.address.followBack(event, '/traces');
    else this.address.follow(event, pathname, Object.fromEntries(searchParams));
  }

  protected swap(): void {
    this.address.go(comparePath(this.afterId(), this.beforeId()));
  }

  protected reload(): void {
    void this.before.load();
    void this.after.load();
  }

  /** Opens the span in its trace; in the later trace if it is in both. */
  protected open(index: number): void {
    const { after, before } = this.pairs()[index] ?? {};
    const node = after ?? before;
    const id = after ? this.afterId() : this.beforeId();
    if (node) this.address.go(tracePath(id), { span: node.key });
  }

  protected press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key !== 'Escape') return;
    if (event.target instanceof Element && event.target.closest('dialog[open]')) return;
    this.address.go(tracePath(this.afterId()));
  }

  private rootTime({ path }: Layout): number {
    return path.segments.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  private side(which: 'before' | 'after', layout: Layout, longest: number) {
    const detail = which === 'before' ? this.before.detail() : this.after.detail();
    const { lapse, date, percent } = this.language.formats();
    const time = this.rootTime(layout);
    const { length } = layout.shares;
    const shares = firstOf(layout.shares, this.allShares() ? length : MOST_SHARES);
    return {
      which,
      id: detail?.summary.trace_id ?? '',
      href: tracePath(detail?.summary.trace_id ?? ''),
      name: detail ? nameOfTrace(detail) : '',
      when: detail ? date(detail.summary.start_us) : '',
      ok: detail?.summary.ok ?? true,
      release: this.releaseOf(which),
      time: lapse(micros(time)),
      why: layout.path.why && this.say(`viewer.why.${layout.path.why}`),
      // In per cent of the longer trace.
      width: (time / longest) * 100,
      lens: lensOf(time / longest),
      segments: layout.path.segments.map(({ node, start, end }) => ({
        colour: failedHere(node) ? 'var(--bad)' : colourOf(actorOf(node)),
        weight: end - start,
        title: joined(' · ', [
          brief(actorOf(node), MOST_OF_A_NAME),
          brief(labelOf(node), MOST_OF_A_NAME),
          lapse(micros(end - start)),
        ]),
      })),
      moreShares: shares.rest,
      shares: shares.shown.map(({ actor, share, time }) => ({
        actor: brief(actor, MOST_OF_A_NAME),
        colour: colourOf(actor),
        text: `${lapse(time)} · ${percent(share * 100, 0)}`,
      })),
    };
  }

  /** The release of one side, with the number of problems of the other side that are fixed in it by hand. */
  private releaseOf(which: 'before' | 'after'): string {
    const summaries = [this.before.detail()?.summary, this.after.detail()?.summary];
    const [own, other] = which === 'before' ? summaries : summaries.toReversed();
    const { release = '', problems_fixed = [] } = own ?? {};
    if (!other || other.release !== release) return release;
    const fixes = problems_fixed.filter((id) => other.problems.includes(id)).length;
    return fixes === 0 ? release : `${release} ${this.language.count('faults.plusFixes', fixes)}`;
  }

  private actorLine({ actor, beforeTime, afterTime, delta, selfDelta }: ActorChange) {
    const { lapse, lapseChange } = this.language.formats();
    return {
      actor,
      colour: colourOf(actor),
      before: lapse(beforeTime),
      after: lapse(afterTime),
      delta: lapseChange(delta),
      way: wayOf(delta, beforeTime, afterTime),
      self: lapseChange(selfDelta),
    };
  }
}

type Way = 'faster' | 'slower' | '';

function lineOf(pair: Pair, longest: number, formats: Formats) {
  const { before, after, key, depth, beforeTime, afterTime, delta, criticalDelta } = pair;
  const node = after ?? before;
  const only: 'before' | 'after' | null = before ? (after ? null : 'before') : 'after';
  return {
    key,
    depth: Math.min(depth, 20),
    service: brief(node?.span.service ?? '', MOST_OF_A_NAME),
    label: node ? brief(labelOf(node), MOST_OF_A_NAME) : '',
    colour: node ? colourOf(actorOf(node)) : '',
    before: before ? formats.lapse(beforeTime) : '–',
    after: after ? formats.lapse(afterTime) : '–',
    beforeWidth: (beforeTime / longest) * 100,
    afterWidth: (afterTime / longest) * 100,
    delta: formats.lapseChange(delta),
    way: wayOf(delta, beforeTime, afterTime),
    critical: criticalDelta === 0 ? '' : formats.lapseChange(criticalDelta),
    only,
    failed: node?.failed ?? false,
  };
}

/** Smaller changes are the noise of two runs, in microseconds and as a share. */
const LEAST_CHANGE = 100_000;
const LEAST_SHARE = 0.05;
/** A smaller factor is not worth a word. */
const LEAST_TIMES = 1.05;

/** The direction of a change; empty for small changes, which have no colour. */
function wayOf(delta: number, before: number, after: number): Way {
  const least = Math.max(LEAST_CHANGE, Math.max(before, after) * LEAST_SHARE);
  if (Math.abs(delta) <= least) return '';
  return delta < 0 ? 'faster' : 'slower';
}

/** How many times a short bar is enlarged so that its parts can be seen; null for a bar that is long enough. */
function lensOf(share: number): number | null {
  if (share <= 0 || share > 0.2) return null;
  const power = 10 ** Math.floor(Math.log10(1 / share));
  return Math.max(...[1, 2, 5].map((each) => each * power).filter((each) => each * share <= 1));
}
