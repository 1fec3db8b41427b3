import { PAGES, pageAt, pathOf } from './pages';

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
