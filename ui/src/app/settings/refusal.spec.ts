import { NoAnswer, ApiProblem } from '../core/api/api-problem';
import { refusalOf } from './refusal';

describe('a change of the settings that was not taken', () => {
  const problem = (code: string, field?: string): ApiProblem =>
    new ApiProblem({ status: 422, code, detail: 'Its own sentence.', ...(field && { field }) });

  it('is blamed on the field that the gateway names, in words of either language', () => {
    expect(refusalOf(problem('invalid_request', 'traces_sample_rate'), 'x', '')).toEqual({
      field: 'traces_sample_rate',
      words: { key: 'settings.refused.traces_sample_rate' },
    });
    expect(refusalOf(problem('dsn_invalid', 'dsn'), 'dsn', 'https://abc@host')).toEqual({
      field: 'dsn',
      words: { key: 'settings.dsnMistake.no_project' },
    });
  });

  it('is the file’s, where the settings could not be kept', () => {
    expect(refusalOf(problem('service_unavailable'), 'dsn', '').words).toEqual({
      key: 'settings.refused.service_unavailable',
    });
  });

  it('is told in the gateway’s words where there are no others', () => {
    const literal = { literal: 'Its own sentence.' };
    expect(refusalOf(problem('dsn_invalid', 'dsn'), 'dsn', 'https://a@b/1').words).toEqual(literal);
    expect(refusalOf(problem('brand_new'), 'dsn', '').words).toEqual(literal);
  });

  it('stays with the field that was changed, where no answer came', () => {
    expect(refusalOf(new NoAnswer(), 'dsn', '')).toEqual({
      field: 'dsn',
      words: { key: 'settings.failed' },
    });
  });
});
