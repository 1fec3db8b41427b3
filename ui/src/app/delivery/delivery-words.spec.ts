import { outcomeWords, reasonWords } from './delivery-words';

describe('the words of delivery', () => {
  it('are phrases for codes that are known', () => {
    expect(outcomeWords('dns', 'x')).toEqual({ key: 'outcome.dns' });
    expect(reasonWords('paused')).toEqual({ key: 'reason.paused' });
    expect(reasonWords('unauthorized')).toEqual({ key: 'outcome.unauthorized' });
  });
  it('are those of the collector for others', () => {
    expect(outcomeWords('comet', 'A comet.')).toEqual({ literal: 'A comet.' });
    expect(reasonWords('comet')).toEqual({ literal: 'comet' });
  });
});
