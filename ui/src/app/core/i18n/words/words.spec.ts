import { legible } from '../legible';
import { en } from './en';
import { ru } from './ru';

function leaves(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : leaves(value as object, `${path}${key}.`),
  );
}

const slots = (text: string): string[] =>
  [...text.matchAll(/\{\{ (\w+) \}\}/g)].map(([, name]) => name ?? '').sort();

describe('the two languages', () => {
  it('fill the same slots in every phrase', () => {
    const russian = new Map(leaves(ru));
    for (const [key, text] of leaves(en)) {
      expect([key, slots(russian.get(key) ?? '')]).toEqual([key, slots(text)]);
    }
  });

  it('leave no phrase empty and no slot misspelt', () => {
    for (const [key, text] of [...leaves(en), ...leaves(ru)]) {
      expect([key, text.trim().length > 0]).toEqual([key, true]);
      expect([key, text.replace(/\{\{ \w+ \}\}/g, '')]).not.toEqual([
        key,
        expect.stringMatching(/[{}]/),
      ]);
    }
  });

  it('hold no character that is not seen: the page would name it', () => {
    for (const [key, text] of [...leaves(en), ...leaves(ru)])
      expect([key, legible(text)]).toEqual([key, text]);
  });
});
