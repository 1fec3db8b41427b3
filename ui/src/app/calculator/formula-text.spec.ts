import { readable } from './formula-text';

describe('a formula to be read', () => {
  const names: Record<string, string> = { players: 'Players', hold_percent: 'Hold' };
  const text = (formula: string): string =>
    readable(formula, (id) => names[id])
      .map((part) => (part.isName ? `[${part.text}]` : part.text))
      .join('');

  it('has names and the signs of arithmetic', () => {
    expect(text('players * (hold_percent - 1) / 100')).toBe('[Players] × ([Hold] − 1) ÷ 100');
  });

  it('keeps what is no name', () => {
    expect(text('max(players, 2) if other > 1e3 else 0')).toBe(
      'max([Players], 2) if other > 1e3 else 0',
    );
  });
});
