import { PARTS, partAt } from './business-part';
import { pageAt } from './pages';

describe('the parts of the business pages', () => {
  it('have addresses below the one of the page', () => {
    for (const { name, path } of PARTS)
      expect([partAt(path), pageAt(path)]).toEqual([name, 'business']);
  });

  it('are before and after where the address says none', () =>
    expect(partAt('/business/elsewhere')).toBe('impact'));
});
