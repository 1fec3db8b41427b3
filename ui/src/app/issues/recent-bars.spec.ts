import { micros } from '../core/api/micros';
import { recentPath } from './recent-bars';

describe('the recent events of an issue', () => {
  const recent = { from_us: micros(3_000), each_us: micros(100), counts: [2, 0, 4] };

  it('are bars on an axis that ends now', () => {
    expect(recentPath(recent, micros(3_250))).toBe('M37 1v-0.5h.8V1zM39 1v-1h.8V1z');
    expect(recentPath(recent, micros(4_299))).toBe('M27 1v-0.5h.8V1zM29 1v-1h.8V1z');
  });

  it('leave the axis when they are long past, and never lie after its end', () => {
    expect(recentPath(recent, micros(7_050))).toBe('M1 1v-1h.8V1z');
    expect(recentPath(recent, micros(3_150))).toBe('M38 1v-0.5h.8V1z');
    expect(recentPath(recent, micros(9_000))).toBe('');
  });
});
