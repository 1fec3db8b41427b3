import { CUSTOM_ELEMENTS_SCHEMA, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { ReleaseFigures, Releases } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { FaultStore } from '../faults/fault-store';
import { ReleasesPage } from './releases-page';
import { ReleasesStore } from './releases-store';

const release = (name: string): ReleaseFigures => ({
  release: name,
  changes: [],
  figures: {
    spins: 40,
    recorded: 40,
    failed: 0,
    p50_ms: 50,
    p95_ms: 60,
    p99_ms: 70,
    error_rate_percent: 0,
    per_second: 2,
    waited_s_per_player: 30,
    failed_minor: 0,
    requests: 240,
    failed_requests: 0,
    overall_error_rate_percent: 0,
  },
  rtp_percent: null,
  rtp_band_percent: null,
  regressions: [],
});

describe('the page of the releases', () => {
  it('explains deviations where there is something to deviate from', () => {
    const releases = signal<Partial<Releases>>({});
    const watch = () => () => undefined;
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Address, useValue: {} },
        { provide: FaultStore, useValue: { board: () => null, watch } },
        { provide: ReleasesStore, useValue: { state: signal('ready'), releases, watch } },
      ],
    }).overrideComponent(ReleasesPage, {
      set: { imports: [], schemas: [CUSTOM_ELEMENTS_SCHEMA] },
    });
    const shown = (...names: string[]): boolean[] => {
      releases.set({ since: 1, exact_rtp_percent: 96, releases: names.map(release) });
      const fixture = TestBed.createComponent(ReleasesPage);
      fixture.detectChanges();
      const page = fixture.nativeElement as HTMLElement;
      return ['releases-one', 'standard-errors'].map(
        (name) => page.querySelector(`[data-test="${name}"]`) !== null,
      );
    };
    expect(shown('1.0.0')).toEqual([true, false]);
    expect(shown('1.0.0', '1.1.0')).toEqual([false, true]);
  });
});
