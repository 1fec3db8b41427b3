import { SymbolName, Win } from '../core/api/schema';
import { Key, Params } from '../core/i18n/language';
import { Formats } from '../core/i18n/money';

type Say = (key: Key, params?: Params) => string;

/** "three sevens": counts beyond the five reels do not exist. */
export function symbolsInWords(say: Say, symbol: SymbolName, count: number): string {
  return count >= 2 && count <= 5
    ? say(`symbol.${symbol}.x${count as 2 | 3 | 4 | 5}`)
    : `${count} × ${say(`symbol.${symbol}.name`)}`;
}

/** "line 1 · three sevens ×45"; for several wins the best one and how many there are. */
export function winDetail(say: Say, formats: Formats, wins: readonly Win[]): string {
  const best = wins.reduce<Win | undefined>(
    (top, win) => (top && top.payout >= win.payout ? top : win),
    undefined,
  );
  if (!best) return '';
  const what = symbolsInWords(say, best.symbol, best.count);
  const multiplier = formats.number(best.multiplier);
  const sentence =
    best.kind === 'line'
      ? say('win.line', { line: best.payline ?? 0, what, multiplier })
      : say('win.scatter', { what, multiplier });
  return wins.length === 1
    ? sentence
    : say(`win.several.${formats.plural(wins.length)}`, { count: wins.length, best: sentence });
}
