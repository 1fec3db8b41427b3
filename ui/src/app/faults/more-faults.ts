import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  EnvironmentInjector,
  computed,
  createComponent,
  inject,
  signal,
} from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { FaultView } from '../core/api/schema';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { pathOf } from '../core/ui/pages';
import { colourOf } from '../core/ui/service-colour';
import { tracePath } from '../core/ui/trace-place';
import { FaultStore } from './fault-store';
import { buttonKey, keyOf } from './fault-words';
import { BonusSummary, bonusRounds } from './page-faults';

const PAGE_FAULTS = ['page-rejection', 'page-component'] as const;

/** Faults beside the four problems, for whoever wants to show more: closed, and not looked at, until somebody opens it. */
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
  protected readonly open = signal(false);
  /** How often this page failed on purpose since it was opened. */
  private readonly failed = signal<Readonly<Record<string, number>>>({});
  private end: (() => void) | null = null;

  protected readonly cards = computed(() => [
    ...(this.store.faults()?.faults ?? []).map((fault) => this.cardOf(fault)),
    ...PAGE_FAULTS.map((id) => this.cardOfPage(id)),
  ]);

  constructor() {
    inject(DestroyRef).onDestroy(() => this.end?.());
  }

  protected toggled(open: boolean): void {
    this.open.set(open);
    this.end?.();
    this.end = open ? this.store.watch() : null;
  }

  private cardOf(fault: FaultView): Card {
    const { id, service, kind, state, fired = 0, last_trace_id } = fault;
    const name = this.nameOf(id);
    const refusal = this.store.refusal();
    return {
      ...this.said(id, service, this.say(buttonKey(fault))),
      name,
      state: kind === 'switch' ? (state ?? 'off') : null,
      evidence: kind === 'fire' ? this.times(fired) : '',
      href: last_trace_id === null ? null : tracePath(last_trace_id),
      link: this.say('faults.trace'),
      linkTitle: this.say('faults.traceOf', { name }),
      busy: this.store.busy().has(id),
      refusal: refusal?.of === id ? this.words(refusal.error) : '',
      act: () => void this.store.act(fault),
    };
  }

  private cardOfPage(id: (typeof PAGE_FAULTS)[number]): Card {
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

  /** Outside this component's own view: what fails while it is drawn leaves the page as it is. */
  private showBonus(): void {
    const bonus = createComponent(BonusSummary, { environmentInjector: this.injector });
    try {
      bonus.changeDetectorRef.detectChanges();
    } finally {
      bonus.destroy();
    }
  }

  private said(id: string, service: string, action: string) {
    const what = keyOf('what', id);
    return {
      id,
      service,
      colour: colourOf(service),
      what: what === null ? '' : this.say(what),
      action,
      actionLabel: this.say('faults.doOf', { action, name: this.nameOf(id) }),
    };
  }

  private nameOf(id: string): string {
    const key = keyOf('name', id);
    return key === null ? id : this.say(key);
  }

  private times(count: number): string {
    return count === 0 ? '' : this.language.count('faults.fired', count);
  }

  private words(error: unknown): string {
    const words = refusalWords(error);
    return 'literal' in words ? words.literal : this.say(words.key, words.params);
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
