import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Health } from '../api/health';
import { Address } from './address';
import { PAGES, Pages, pageAt, pathOf } from './pages';

describe('the address of a page', () => {
  it('leads to it', () => {
    for (const page of PAGES) expect(pageAt(pathOf(page))).toBe(page);
  });
  it('has all that lies below it', () => {
    expect(pageAt('/traces/abc/with/def')).toBe('traces');
    expect(pageAt('/tracesabc')).toBe('machine');
  });
  it('is the machine where there is no such page', () =>
    expect(pageAt('/elsewhere')).toBe('machine'));
});

describe('the pages of a recording', () => {
  it('are those that need nothing to run, and every address leads to one of them', () => {
    const path = signal('/');
    const recording = signal<string | null>(null);
    TestBed.configureTestingModule({
      providers: [
        { provide: Address, useValue: { path } },
        { provide: Health, useValue: { recording } },
      ],
    });
    const pages = TestBed.inject(Pages);
    expect([pages.all(), pages.shown()]).toEqual([PAGES, 'machine']);
    recording.set('monday.telemetry');
    expect([pages.all(), pages.shown()]).toEqual([['traces', 'issues', 'map'], 'traces']);
    path.set('/issues/abc');
    expect(pages.shown()).toBe('issues');
    path.set('/settings');
    expect(pages.shown()).toBe('traces');
  });
});
