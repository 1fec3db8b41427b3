import { micros } from '../core/api/micros';
import { TraceDetail } from '../core/api/schema';
import { Key, Language } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { firstOf } from '../core/ui/capped';
import { colourOf } from '../core/ui/service-colour';
import { backgroundOf, backgroundWords } from './tree/background';
import { Layout, failedActors } from './tree/layout';
import { measuredWords } from './tree/measured-words';
import { leftOutOf } from './list/trace-list';
import { rootTime } from './tree/root-time';
import { nameOfTrace } from './tree/trace-name';
import { TraceTree } from './tree/tree';
import { oddWords } from './waterfall/waterfall-line';

/** From this share of the critical path on, in microseconds, the largest one hurts. */
const SLOW = 500_000;
/** Limit of the texts in a line, in characters, and of the shares of the critical path. */
const MOST_OF_A_WORD = 100;
const MOST_SHARES = 2;
/** Limit of the number of other roots that are named. */
const MOST_OTHER_ROOTS = 5;

/** The texts above the rows of a trace, with all shares of the critical path or only the first ones. */
export function headOf(
  detail: TraceDetail,
  layout: Layout,
  allShares: boolean,
  language: Language,
) {
  const { say } = language;
  const formats = language.formats();
  const { lapse, percent, date } = formats;
  const { summary } = detail;
  const count = (key: 'spans' | 'services', value: number): string =>
    language.count(`viewer.trace.${key}`, value);
  const { length } = layout.shares;
  const shares = firstOf(layout.shares, allShares ? length : MOST_SHARES);
  const [lead] = layout.shares;
  const slow = (lead?.time ?? 0) >= SLOW;
  const failed = summary.ok ? null : failedActors(layout.tree);
  const total = layout.shares.reduce((sum, { time }) => sum + time, 0);
  const otherRoots = firstOf(detail.other_roots ?? [], MOST_OTHER_ROOTS);
  const background = backgroundWords(backgroundOf(summary), say, formats);
  return {
    name: nameOfTrace(detail),
    whole: summary.name || nameOfTrace(detail),
    ok: summary.ok,
    when: date(summary.start_us),
    release: brief(summary.release ?? '', MOST_OF_A_WORD),
    player: brief(summary.player ?? '', MOST_OF_A_WORD),
    virtual: summary.virtual_player,
    time: rootTime(summary, formats),
    rest: joined(' · ', [
      background,
      count('spans', layout.tree.nodes.length),
      count('services', summary.services.length + leftOutOf(summary, 'services')),
    ]),
    // A trace that failed says instead what failed.
    beside:
      lead && slow && summary.ok
        ? say('spin.beside', { rest: lapse(micros(total - lead.time)) })
        : '',
    shares: shares.shown.map(({ actor, share }, place) => ({
      actor: brief(actor, MOST_OF_A_WORD),
      colour: colourOf(actor),
      share: percent(share * 100, 0),
      // In a trace that failed, no other part than the one that failed is in a colour.
      state: failed ? (failed.has(actor) ? 'failed' : '') : place === 0 && slow ? 'hurts' : '',
    })),
    moreShares: shares.rest,
    why: layout.path.why && say(`viewer.why.${layout.path.why}`),
    measured: measuredWords(summary, say, formats),
    failure: failed
      ? joined(' · ', [
          say('viewer.trace.failed', { status: brief(summary.status, MOST_OF_A_WORD) }),
          // A call that was refused at once has no share that names it.
          ...(shares.shown.some(({ actor }) => failed.has(actor))
            ? []
            : firstOf([...failed], 1).shown.map((actor) => brief(actor, MOST_OF_A_WORD))),
        ])
      : '',
    odd: oddWords(odditiesOf(detail, layout), say),
    loose: looseWords(layout.tree, language),
    otherRoots: otherRoots.shown.map((root) => ({
      id: root.span_id,
      name: brief(root.name || root.span_id, MOST_OF_A_WORD),
      service: brief(root.service, MOST_OF_A_WORD),
      time: lapse(root.duration_us),
    })),
    moreRoots: otherRoots.rest,
  };
}

/** The oddities of a trace. Only the tree reveals cycles. */
export function odditiesOf({ summary }: TraceDetail, { tree }: Layout): readonly string[] {
  const isCyclic = tree.nodes.some(({ oddities }) => oddities.includes('cycle'));
  return isCyclic ? [...summary.oddities, 'cycle'] : summary.oddities;
}

function looseWords({ looseErrors, looseLogs }: TraceTree, language: Language): string {
  const { number } = language.formats();
  const words = (key: Key, { length }: readonly unknown[]): string =>
    length === 0 ? '' : `${language.say(key)}: ${number(length)}`;
  return joined(' · ', [
    words('viewer.trace.looseErrors', looseErrors),
    words('viewer.trace.looseLogs', looseLogs),
  ]);
}
