import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { provideLanguages } from '../core/i18n/language';
import { SetAsideNotices } from './set-aside';

describe('a database that was set aside', () => {
  const gateway = { setAside: vi.fn(), readSetAside: vi.fn() };
  const notice = {
    id: 'wallets.damaged-1700000000',
    code: 'database_set_aside',
    database: 'wallets',
    path: '/data/{{ date }}/wallets.damaged-1700000000',
    at: '2023-11-14T22:13:20Z',
  };
  let fixture: ComponentFixture<SetAsideNotices>;
  const page = () => fixture.nativeElement as HTMLElement;

  beforeEach(async () => {
    vi.resetAllMocks();
    gateway.readSetAside.mockRejectedValue(new Error('no answer'));
    gateway.setAside.mockResolvedValue({
      notices: [notice, { ...notice, id: 'x', database: 'x' }],
    });
    TestBed.configureTestingModule({
      providers: [provideLanguages(), { provide: Gateway, useValue: gateway }],
    });
    fixture = TestBed.createComponent(SetAsideNotices);
    await fixture.whenStable();
  });

  it('is told with the place of its files as it is', () => {
    const told = page().querySelector('[data-test="set-aside"]')?.textContent;
    expect(told).toContain('wallet database was damaged');
    expect(told).toContain('2023');
    expect(told).toContain(notice.path);
    expect(page().querySelectorAll('[data-test="set-aside"]').length).toBe(2);
  });

  it('goes once somebody has read it, and the server is told', async () => {
    page().querySelector<HTMLButtonElement>('[data-test="set-aside-read"]')?.click();
    await fixture.whenStable();
    expect(gateway.readSetAside).toHaveBeenCalledExactlyOnceWith(notice.id);
    expect(page().querySelectorAll('[data-test="set-aside"]').length).toBe(1);
  });
});
