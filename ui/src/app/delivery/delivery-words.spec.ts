import { noticeWords, outcomeWords, reasonWords, refusalWords, ruleWords } from './delivery-words';

describe('the words of delivery', () => {
  it('are phrases for codes that are known', () => {
    expect(outcomeWords('dns', 'x')).toEqual({ key: 'outcome.dns' });
    expect(reasonWords('paused')).toEqual({ key: 'reason.paused' });
    // The same code means a dead letter here and an unreachable host there.
    expect(reasonWords('refused')).toEqual({ key: 'reason.refused' });
    expect(outcomeWords('refused', 'x')).toEqual({ key: 'outcome.refused' });
    expect(refusalWords('dsn_rejected', 'x')).toEqual({ key: 'notAccepted.dsn_rejected' });
    expect(refusalWords('from_tomorrow', 'x')).toEqual({ literal: 'x' });
    expect(reasonWords('not_found')).toEqual({ key: 'outcome.not_found' });
    expect(ruleWords('@email:filter')).toEqual({ key: 'rule.email' });
    expect(ruleWords('@anything:filter')).toEqual({ key: 'rule.anything' });
    expect(ruleWords('@anything:remove')).toEqual({ key: 'rule.ip' });
    expect(noticeWords('evicted', 'x')).toEqual({ key: 'notice.evicted' });
  });
  it('are those of the collector for others', () => {
    expect(outcomeWords('comet', 'A comet.')).toEqual({ literal: 'A comet.' });
    expect(reasonWords('comet')).toEqual({ literal: 'comet' });
    expect(ruleWords('comet')).toEqual({ literal: 'comet' });
    expect(ruleWords('@comet:mask')).toEqual({ literal: '@comet:mask' });
    expect(noticeWords('comet', 'A comet.')).toEqual({ literal: 'A comet.' });
  });
});
