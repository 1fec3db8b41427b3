import {
  ChangeDetectionStrategy,
  Component,
  EnvironmentInjector,
  computed,
  createComponent,
  inject,
  signal,
} from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { ExtraId, ExtraView } from '../core/api/parts';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { pathOf } from '../core/ui/pages';
import { colourOf } from '../core/ui/service-colour';
import { tracePath } from '../core/ui/trace-place';
import { FaultStore } from './fault-store';
import { buttonKey } from './fault-words';
import { BonusSummary, bonusRounds } from './page-faults';

const PAGE_FAULTS = ['page-rejection', 'page-component'] as const;
type PageFaultId = (typeof PAGE_FAULTS)[number];

/** The faults by what they hurt, in the order in which they are shown. */
const GROUPS = {
  money: ['provider-down', 'provider-spike', 'rtp-anomaly'],
  errors: ['gateway-panic', 'expired-token', 'page-rejection', 'page-component'],
  load: ['n-plus-one', 'slow-report', 'memory-leak', 'session-surge'],
} as const satisfies Record<string, readonly (ExtraId | PageFaultId)[]>;

/** The faults beside the story, in a section that is closed at first. */
@Component({
  selector: 'rs-more-faults',
  templateUrl: './more-faults.html',
  styleUrls: ['../core/ui/switch-cards.css', './more-faults.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MoreFaults {
  private readonly language = inject(Language);
  private readonly gateway = inject(Gateway);
  private readonly injector = inject(EnvironmentInjector);
  protected readonly address = inject(Address);
  protected readonly store = inject(FaultStore);
  protected readonly say = this.language.say;
  /** Open from the beginning if a fault is on. */
  protected readonly open = signal(this.store.extrasOn().length > 0);
  /** Number of errors that this page has raised on purpose since it was opened. */
  private readonly failed = signal<Readonly<Record<string, number>>>({});

  protected readonly summary = computed(() => {
    const on = this.store.extrasOn().length;
    return on === 0 ? this.say('faults.more') : this.language.count('faults.moreOn', on);
  });
  private readonly cards = computed(() => [
    ...(this.store.board()?.extras ?? []).map((fault) => this.cardOf(fault)),
    ...PAGE_FAULTS.map((id) => this.cardOfPage(id)),
  ]);
  protected readonly groups = computed(() =>
    (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((name) => ({
      name,
      words: this.say(`faults.group.${name}`),
      cards: this.cards().filter(({ id }) => (GROUPS[name] as readonly string[]).includes(id)),
    })),
  );

  private cardOf(fault: ExtraView): Card {
    const { id, service, how, state, fired, observed } = fault;
    const name = this.nameOf(id);
    const refusal = this.store.refusal();
    return {
      ...this.said(id, service, this.say(buttonKey(fault))),
      name,
      state: how === 'fire' ? null : state,
      evidence: how === 'fire' ? this.times(fired) : '',
      href: observed === null ? null : tracePath(observed.trace_id),
      link: this.say('faults.trace'),
      linkTitle: this.say('faults.traceOf', { name }),
      busy: this.store.busy().has(id),
      refusal: refusal?.of === id ? this.language.text(refusalWords(refusal.error)) : '',
      act: () => void this.store.toggle(id),
    };
  }

  private cardOfPage(id: PageFaultId): Card {
    const times = this.failed()[id] ?? 0;
    return {
      ...this.said(id, 'frontend', this.say('faults.fire')),
      name: this.nameOf(id),
      state: null,
      evidence: this.times(times),
      href: times === 0 ? null : pathOf('issues'),
      link: this.say('faults.issues'),
      linkTitle: this.say('faults.issues'),
      busy: false,
      refusal: '',
      act: () => {
        this.failed.update((all) => ({ ...all, [id]: times + 1 }));
        if (id === 'page-rejection') void bonusRounds(this.gateway.paytable());
        else this.showBonus();
      },
    };
  }

  /** Creates the component outside of this view, so that its error does not damage this page. */
  private showBonus(): void {
    const bonus = createComponent(BonusSummary, { environmentInjector: this.injector });
    try {
      bonus.changeDetectorRef.detectChanges();
    } finally {
      bonus.destroy();
    }
  }

  private said(id: ExtraId | PageFaultId, service: string, action: string) {
    return {
      id,
      service,
      colour: colourOf(service),
      what: this.say(`faults.what.${id}`),
      action,
      actionLabel: this.say('faults.doOf', { action, name: this.nameOf(id) }),
    };
  }

  private nameOf(id: ExtraId | PageFaultId): string {
    return this.say(`faults.name.${id}`);
  }

  private times(count: number): string {
    return count === 0 ? '' : this.language.count('faults.fired', count);
  }
}

interface Card {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly colour: string;
  readonly what: string;
  readonly state: 'on' | 'fixed' | 'off' | null;
  readonly evidence: string;
  readonly href: string | null;
  readonly link: string;
  readonly linkTitle: string;
  readonly action: string;
  readonly actionLabel: string;
  readonly busy: boolean;
  readonly refusal: string;
  readonly act: () => void;
}
