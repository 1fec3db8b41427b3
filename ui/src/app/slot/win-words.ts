import { SymbolName, Win } from '../core/api/schema';
import { Key, Language, Params } from '../core/i18n/language';

type Say = (key: Key, params?: Params) => string;
type Words = Pick<Language, 'say' | 'count' | 'formats'>;

/** "three sevens"; a count is at most five, the number of reels. */
function symbolsInWords(say: Say, symbol: SymbolName, count: number): string {
  return count >= 2 && count <= 5
    ? say(`symbol.${symbol}.x${count as 2 | 3 | 4 | 5}`)
    : `${count} × ${say(`symbol.${symbol}.name`)}`;
}

/** "line 1 · three sevens ×45"; for several wins the best one and their number. */
export function winDetail({ say, count, formats }: Words, wins: readonly Win[]): string {
  const best = wins.reduce<Win | undefined>(
    (top, win) => (top && top.payout >= win.payout ? top : win),
    undefined,
  );
  if (!best) return '';
  const what = symbolsInWords(say, best.symbol, best.count);
  const multiplier = formats().number(best.multiplier);
  const sentence =
    best.kind === 'line'
      ? say('win.line', { line: best.payline ?? 0, what, multiplier })
      : say('win.scatter', { what, multiplier });
  return wins.length === 1 ? sentence : count('win.several', wins.length, { best: sentence });
}
