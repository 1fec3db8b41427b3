import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  inject,
  signal,
} from '@angular/core';

import { Health } from '../core/api/health';
import { Micros, fromMilliseconds, micros } from '../core/api/micros';
import { MapNode, MapTraffic } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief, isolated } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { reducedMotion } from '../core/ui/reduced-motion';
import { colourOf } from '../core/ui/service-colour';
import { LoadWords } from '../core/ui/load-words';
import { TrafficStore } from '../traffic/traffic-store';
import { flowsOf } from './flow';
import { Lane, MapDots } from './map-dots';
import { HALF_BOX, curveOf, layoutOf } from './map-layout';
import { MapStore } from './map-store';

/** Limit of the text in a box; the traces have the whole text. */
const MOST_OF_A_NAME = 100;
/** A share of less than this long for each trace hurts nobody, however large it is. */
const SLOW = fromMilliseconds(200);
/** With fewer traces the first load of the page would be the culprit before anybody has played. */
const LEAST_TRACES = 3;
/** Share of the critical path from which a box has its whole colour, and that colour in per cent. */
const [FULL_SHARE, FULL_COLOUR] = [0.7, 20];
/** Width of the wires with the fewest and the most calls, in rem. */
const [THIN, THICK] = [0.08, 0.34];

/**
 * The map of services, databases and external peers in the traces: who calls whom, how often, how
 * fast, and where the time goes. While virtual players spin, their calls move on it.
 */
@Component({
  selector: 'rs-map-page',
  imports: [LoadWords, MapDots],
  templateUrl: './map-page.html',
  styleUrls: ['../core/ui/insights.css', './map-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MapPage {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly health = inject(Health);
  private readonly traffic = inject(TrafficStore);
  protected readonly store = inject(MapStore);
  protected readonly say = this.language.say;

  /** Databases take part in no critical path of their own, and there is one for nearly every service. */
  protected readonly withDatabases = signal(false);
  protected readonly hasDatabases = computed(() =>
    (this.store.map()?.nodes ?? []).some(({ kind }) => kind === 'database'),
  );

  protected readonly scope = computed(() => {
    const map = this.store.map();
    if (!map || map.traces === 0) return '';
    const since = this.language.formats().date(map.from_us);
    return this.language.count('insights.map.scope', map.traces, { since });
  });
  protected readonly pathScope = computed(() => {
    const count = this.store.map()?.path_traces ?? 0;
    return count === 0 ? '' : this.language.count('insights.map.pathScope', count);
  });
  /** Empty while everything is shown. */
  protected readonly leftOut = computed(() => {
    const count = this.store.map()?.left_out ?? 0;
    const { number } = this.language.formats();
    return count === 0 ? '' : this.say('insights.map.leftOut', { count: number(count) });
  });
  private readonly estimated = computed(() => this.store.map()?.estimated ?? false);
  protected readonly rateHint = computed(() =>
    this.say(this.estimated() ? 'insights.map.rateEstimatedHint' : 'insights.map.rateHint'),
  );
  private readonly layout = computed(() => {
    const map = this.store.map();
    const nodes = map?.nodes ?? [];
    return layoutOf(
      this.withDatabases() ? nodes : nodes.filter(({ kind }) => kind !== 'database'),
      map?.edges ?? [],
    );
  });
  /** The service or peer that most of the time goes to, where that is long. */
  private readonly hot = computed(() => {
    const { nodes = [], path_traces = 0 } = this.store.map() ?? {};
    if (path_traces < LEAST_TRACES) return null;
    const [largest] = nodes.toSorted((one, other) => other.path_us - one.path_us);
    return largest && this.meanOf(largest) >= SLOW ? largest.id : null;
  });
  protected readonly rows = computed(() => this.layout().rows);
  protected readonly columns = computed(() => this.layout().columns);
  /** Largest width of a box, in per cent of the field. */
  protected readonly boxWidth = computed(() => ((2 * HALF_BOX) / this.layout().columns) * 100);
  protected readonly nodes = computed(() =>
    this.layout().nodes.map(({ node, x, y }) => {
      const words = this.words(node.traffic);
      const name = brief(nameOf(node), MOST_OF_A_NAME);
      const kind = this.say(`insights.map.${node.kind}`);
      return {
        node,
        x: x * 100,
        y: y * 100,
        name,
        kind,
        // A database has the name of its system, so the service that owns it is shown too.
        owner:
          node.kind === 'database' ? ` · ${isolated(brief(ownerOf(node), MOST_OF_A_NAME))}` : '',
        words,
        ...this.shareOf(node),
        failing: node.traffic.errors > 0,
        colour: colourOf(node.kind === 'database' ? ownerOf(node) : node.id),
        service: this.serviceOf(node),
        title: this.say('insights.map.open', { name, kind, ...words }),
      };
    }),
  );
  protected readonly wires = computed(() => {
    const layout = this.layout();
    const most = Math.max(1, ...layout.wires.map(({ edge }) => edge.traffic.calls));
    return layout.wires.map((wire) => {
      const { from, to, traffic } = wire.edge;
      return {
        id: JSON.stringify([from, to]),
        path: curveOf(wire, layout),
        ends: { from: wire.from.x * 100, to: wire.to.x * 100, level: wire.to.y * 100 },
        width: THIN + (THICK - THIN) * Math.sqrt(traffic.calls / most),
        hot: to === this.hot(),
        failing: traffic.errors > 0,
        traffic,
        title: this.say('insights.map.edge', { from, to, ...this.words(traffic) }),
      };
    });
  });
  /** The calls that move: null where nobody plays, and where motion is not wanted. */
  protected readonly flow = computed(() =>
    this.traffic.traffic()?.running && !reducedMotion() ? flowsOf(this.wires()) : null,
  );
  protected readonly lanes = computed(() =>
    this.wires().map(({ id, path, ends, hot }): Lane => ({ id, path, ...ends, hot })),
  );
  protected readonly dotWords = computed(() => {
    const flow = this.flow();
    return flow ? this.language.count('insights.map.dots', flow.perDot) : '';
  });
  /** All calls, including those of a service to itself, which have no line. */
  protected readonly calls = computed(() =>
    (this.store.map()?.edges ?? []).map(({ from, to, traffic }) => ({
      id: JSON.stringify([from, to]),
      from: brief(from, MOST_OF_A_NAME),
      to: brief(to, MOST_OF_A_NAME),
      failing: traffic.errors > 0,
      words: this.words(traffic),
    })),
  );

  constructor() {
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(this.store.watch());
    // Nobody plays in a recording.
    if (this.health.recording() === null) destroyed.onDestroy(this.traffic.watch());
  }

  protected href(service: string): string {
    return `/traces?service=${encodeURIComponent(service)}`;
  }

  protected open(event: MouseEvent, service: string): void {
    this.address.follow(event, '/traces', { service });
  }

  /** Its mean time on the critical path of a trace. */
  private meanOf({ path_us }: MapNode): Micros {
    return micros(path_us / (this.store.map()?.path_traces || 1));
  }

  private shareOf(node: MapNode) {
    const { lapse, percent } = this.language.formats();
    const share = node.path_us / (this.store.map()?.path_us || 1);
    return {
      hot: node.id === this.hot(),
      // Where nothing is slow, nothing is coloured.
      warmth: `${this.hot() ? Math.min(1, share / FULL_SHARE) * FULL_COLOUR : 0}%`,
      share:
        share >= 0.005 ? this.say('insights.map.share', { share: percent(share * 100, 0) }) : '',
      shareHint: this.say('insights.map.shareHint', {
        share: percent(share * 100, 1),
        time: lapse(this.meanOf(node)),
      }),
    };
  }

  /** The service whose traces show the node: itself, or one that calls it. */
  private serviceOf(node: MapNode): string {
    if (node.kind === 'service') return node.id;
    const caller = this.store.map()?.edges.find(({ to }) => to === node.id)?.from;
    return caller ?? node.id;
  }

  private rateOf(perMinute: number): string {
    return this.say(this.estimated() ? 'insights.map.rateEstimated' : 'insights.map.rate', {
      count: this.language.formats().number(perMinute),
    });
  }

  private words(
    traffic: MapTraffic,
  ): Record<'calls' | 'share' | 'p50' | 'p95' | 'rate' | 'volume' | 'errors', string> {
    const { lapse, number, percent } = this.language.formats();
    const { calls, errors, per_minute, p50_us, p95_us } = traffic;
    const time = (us: Micros | undefined): string => (us === undefined ? '–' : lapse(us));
    return {
      calls: number(calls),
      errors: number(errors),
      share: percent(calls === 0 ? 0 : (errors / calls) * 100, 1),
      rate: this.rateOf(per_minute),
      volume:
        per_minute > 0
          ? this.rateOf(per_minute)
          : this.language.count('insights.map.callsOf', calls),
      p50: time(p50_us),
      p95: time(p95_us),
    };
  }
}

function ownerOf({ id }: MapNode): string {
  return id.slice(0, id.lastIndexOf('/'));
}

/** A database has the name of its system. */
function nameOf({ id, kind }: MapNode): string {
  return kind === 'database' ? (id.split('/').at(-1) ?? id) : id;
}
