import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { SettingsChange, ShownSettings, TestOutcome } from '../core/api/schema';
import { Key, Language, isKey } from '../core/i18n/language';
import { followSettings } from '../core/telemetry/reporting';
import { Holds } from '../core/ui/holds';
import { STATIONS } from '../core/ui/service-colour';
import { DeliveryStore } from '../delivery/delivery-store';
import { outcomeWords } from '../delivery/delivery-words';
import { HeldChoice } from '../delivery/held-choice';
import { OverheadCard } from '../overhead/overhead-card';
import { organizationOf } from './organization';
import { Refusal, refusalOf } from './refusal';
import { rateOf } from './sample-rate';

/** The provider sends no telemetry. */
const SERVICES = STATIONS.filter((station) => station !== 'payment-provider');

/** A field of a DSN: that of one service, or of all. */
interface DsnField {
  readonly field: string;
  readonly service: string | null;
}

/**
 * The settings: where traces and errors go, and their release and environment. Every field is saved
 * by itself.
 */
@Component({
  selector: 'rs-settings-page',
  imports: [Holds, HeldChoice, NgTemplateOutlet, OverheadCard],
  templateUrl: './settings-page.html',
  styleUrl: './settings-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SettingsPage {
  private readonly gateway = inject(Gateway);
  private readonly delivery = inject(DeliveryStore);
  protected readonly language = inject(Language);
  protected readonly say = this.language.say;

  protected readonly settings = signal<ShownSettings | null>(null);
  /** The field whose DSN is being edited; a DSN is never shown in full, so it is typed anew. */
  protected readonly edited = signal<string | null>(null);
  protected readonly draft = signal('');
  /** Fields with an unsaved text. */
  protected readonly typed = signal<ReadonlySet<string>>(new Set());
  protected readonly saving = signal(false);
  protected readonly saved = signal(false);
  protected readonly refusal = signal<Refusal | null>(null);
  protected readonly testing = signal(false);
  protected readonly outcome = signal<TestOutcome | null>(null);
  protected readonly copied = signal(false);

  protected readonly common: DsnField = { field: 'dsn', service: null };
  protected readonly services = SERVICES.map((service): DsnField => ({
    field: `dsn_by_service.${service}`,
    service,
  }));
  /** Whether a service has a DSN of its own. */
  protected readonly hasOwn = computed(
    () => Object.keys(this.settings()?.dsn_by_service ?? {}).length > 0,
  );
  protected readonly hasDestination = computed(
    () => this.hasOwn() || (this.settings()?.dsn ?? null) !== null,
  );

  constructor() {
    void this.load();
  }

  protected async load(): Promise<void> {
    try {
      this.settings.set(await this.gateway.settings());
      this.refusal.set(null);
    } catch (error) {
      this.refusal.set(refusalOf(error, '', ''));
    }
  }

  protected dsnOf(settings: ShownSettings, service: string | null): string | null {
    return service === null ? settings.dsn : (settings.dsn_by_service[service] ?? null);
  }

  protected shownRate({ traces_sample_rate }: ShownSettings): string {
    // The API transfers the rate in single precision: 0.1 arrives as 0.10000000149.
    return String(Number((traces_sample_rate * 100).toFixed(3)));
  }

  protected edit(field: string | null): void {
    this.edited.set(field);
    this.refusal.set(null);
    this.saved.set(false);
  }

  protected type(field: string): void {
    this.edit(null);
    this.typed.update((fields) => new Set([...fields, field]));
  }

  protected async saveDsn(service: string | null, typed: HTMLInputElement | null): Promise<void> {
    const dsn = typed?.value ?? null;
    const change = service === null ? { dsn } : { dsn_by_service: { [service]: dsn } };
    const field = service === null ? 'dsn' : `dsn_by_service.${service}`;
    if (await this.change(change, field)) {
      if (typed) typed.value = '';
      this.edited.set(null);
      this.outcome.set(null);
    }
  }

  protected async saveRate(text: string): Promise<void> {
    const rate = rateOf(text);
    if (rate === null) {
      this.refuse('traces_sample_rate', 'settings.refused.traces_sample_rate');
    } else await this.change({ traces_sample_rate: rate }, 'traces_sample_rate');
  }

  protected async saveOrganization(typed: HTMLInputElement): Promise<void> {
    const organization = organizationOf(typed.value);
    if (organization === null) return this.refuse('organization', 'settings.organizationInvalid');
    if (await this.change({ organization: organization || null }, 'organization'))
      typed.value = organization;
  }

  protected async change(change: SettingsChange, field: string): Promise<boolean> {
    this.saving.set(true);
    this.saved.set(false);
    this.refusal.set(null);
    try {
      this.settings.set(await this.gateway.changeSettings(change));
      this.saved.set(true);
      this.typed.update((fields) => new Set([...fields].filter((name) => name !== field)));
      await Promise.all([this.delivery.refresh(), followSettings()]);
      return true;
    } catch (error) {
      this.refusal.set(refusalOf(error, field, this.draft()));
      return false;
    } finally {
      this.saving.set(false);
    }
  }

  protected async test(): Promise<void> {
    this.testing.set(true);
    this.refusal.set(null);
    this.outcome.set(null);
    try {
      this.outcome.set(await this.gateway.testDelivery());
    } catch (error) {
      this.refusal.set(refusalOf(error, 'test', ''));
    } finally {
      this.testing.set(false);
    }
  }

  protected outcomeText({ code, detail, params }: TestOutcome): string {
    const mistake = `settings.dsnMistake.${params?.['reason'] ?? ''}`;
    return isKey(mistake) ? this.say(mistake) : this.language.text(outcomeWords(code, detail));
  }

  /** The sentence below that field. */
  protected refused(field: string): string {
    const refusal = this.refusal();
    return refusal?.field === field ? this.language.text(refusal.words) : '';
  }

  protected async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied.set(true);
    } catch {
      // The system refused; the text can be selected and copied by hand.
    }
  }

  private refuse(field: string, key: Key): void {
    this.saved.set(false);
    this.refusal.set({ field, words: { key } });
  }
}
