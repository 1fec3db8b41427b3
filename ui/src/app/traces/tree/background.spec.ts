import { micros } from '../../core/api/micros';
import { FORMATS } from '../../testing/languages';
import { backgroundOf, backgroundWords } from './background';

describe('the time of a trace in the background', () => {
  it('is what its line says, unless only the clocks differ', () => {
    expect(backgroundOf({ background_us: micros(3_900_000) })).toBe(3_900_000);
    expect(backgroundOf({ background_us: micros(999) })).toBe(0);
  });

  it('is told only where there is some', () => {
    const say = (key: string, params: object = {}): string => key + JSON.stringify(params);
    const words = (time: number): string => backgroundWords(micros(time), say, FORMATS.en);
    expect(words(3_900_000)).toBe('viewer.trace.background{"time":"3.90\u00a0s"}');
    expect(words(0)).toBe('');
  });
});
