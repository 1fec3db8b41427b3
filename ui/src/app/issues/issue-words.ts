import { IssueSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief } from '../core/i18n/legible';
import { sharePercent } from './issue-list';

/** Limit of the text in a cell, in characters; the tooltip has more. */
const MOST_OF_A_NAME = 200;
const MOST_PLAYERS = 1_000;

/** The share of requests, with an explanation for the tooltip. */
export interface ShareWords {
  readonly percent: string;
  readonly of: string;
  readonly hint: string;
}

export function shareWords(issue: IssueSummary, language: Language): ShareWords {
  const percent = sharePercent(issue);
  if (!issue.share || percent === null)
    return { percent: '–', of: '', hint: language.say('insights.issues.shareUnknown') };
  const { number, percent: written } = language.formats();
  const { service, transaction, failed, requests, estimated } = issue.share;
  const counted = language.say('insights.issues.shareHint', {
    service,
    request: transaction,
    failed: number(failed),
    requests: number(requests),
  });
  return {
    percent: `${estimated ? '≈' : ''}${written(percent, 1)}`,
    of: brief(transaction, MOST_OF_A_NAME),
    hint: estimated ? `${counted} ${language.say('insights.issues.shareEstimated')}` : counted,
  };
}

/** The status of an issue, with the releases that determine it. */
export function statusWords(
  { status, resolved_in, regressed_in, reopened_in }: IssueSummary,
  say: Language['say'],
): string {
  if (status === 'resolved' && resolved_in)
    return say('insights.issues.resolvedIn', { release: resolved_in });
  if (status === 'regressed')
    return resolved_in && regressed_in
      ? say('insights.issues.regressedIn', { before: resolved_in, release: regressed_in })
      : say('insights.issues.regressed');
  if (status === 'reopened' && reopened_in)
    return resolved_in && resolved_in !== reopened_in
      ? say('insights.issues.reopenedIn', { before: resolved_in, release: reopened_in })
      : say('insights.issues.stillIn', { release: reopened_in });
  return say(`insights.issues.status.${status ?? 'unresolved'}`);
}

/** Number of affected players; beyond a thousand the collector does not count. */
export function playersWords({ players }: IssueSummary, language: Language): string {
  return language.formats().number(players) + (players < MOST_PLAYERS ? '' : '+');
}
