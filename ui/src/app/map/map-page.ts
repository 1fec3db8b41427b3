import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { MapNode, MapTraffic } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief, isolated } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { colourOf } from '../core/ui/service-colour';
import { LoadWords } from '../core/ui/load-words';
import { HALF_BOX, curveOf, layoutOf } from './map-layout';
import { MapStore } from './map-store';

/** Limit of the text in a box; the traces have the whole text. */
const MOST_OF_A_NAME = 100;

/**
 * The map of services, databases and external peers in the traces: who calls whom, how often, how
 * fast, and with how many errors.
 */
@Component({
  selector: 'rs-map-page',
  imports: [LoadWords],
  templateUrl: './map-page.html',
  styleUrls: ['../core/ui/insights.css', './map-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MapPage {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  protected readonly store = inject(MapStore);
  protected readonly say = this.language.say;

  protected readonly scope = computed(() => {
    const map = this.store.map();
    if (!map || map.traces === 0) return '';
    const since = this.language.formats().date(map.from_us);
    return this.language.count('insights.map.scope', map.traces, { since });
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
    return layoutOf(map?.nodes ?? [], map?.edges ?? []);
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
        failing: node.traffic.errors > 0,
        colour: colourOf(node.kind === 'database' ? ownerOf(node) : node.id),
        service: this.serviceOf(node),
        title: this.say('insights.map.open', { name, kind, ...words }),
      };
    }),
  );
  protected readonly wires = computed(() =>
    this.layout().wires.map((wire) => {
      const { from, to, traffic } = wire.edge;
      return {
        id: JSON.stringify([from, to]),
        path: curveOf(wire, this.layout()),
        busy: traffic.per_minute > 0,
        failing: traffic.errors > 0,
        title: this.say('insights.map.edge', { from, to, ...this.words(traffic) }),
      };
    }),
  );
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
    inject(DestroyRef).onDestroy(this.store.watch());
  }

  protected href(service: string): string {
    return `/traces?service=${encodeURIComponent(service)}`;
  }

  protected open(event: MouseEvent, service: string): void {
    this.address.follow(event, '/traces', { service });
  }

  /** The service whose traces show the node: itself, or one that calls it. */
  private serviceOf(node: MapNode): string {
    if (node.kind === 'service') return node.id;
    const caller = this.store.map()?.edges.find(({ to }) => to === node.id)?.from;
    return caller ?? node.id;
  }

  private words(
    traffic: MapTraffic,
  ): Record<'calls' | 'share' | 'p50' | 'p95' | 'rate' | 'errors', string> {
    const { lapse, number, percent } = this.language.formats();
    const { calls, errors, per_minute, p50_us, p95_us } = traffic;
    return {
      calls: number(calls),
      errors: number(errors),
      share: percent(calls === 0 ? 0 : (errors / calls) * 100, 1),
      rate: this.say(this.estimated() ? 'insights.map.rateEstimated' : 'insights.map.rate', {
        count: number(per_minute),
      }),
      p50: lapse(p50_us),
      p95: lapse(p95_us),
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
