import { isTaken, rowAfter } from './row-keys';

describe('the keys of a list', () => {
  const press = (name: string, at: number, count = 10): number | null =>
    rowAfter({ key: name, code: name }, at, count, 4);

  it('lead from row to row and stay within', () => {
    expect(press('ArrowDown', -1)).toBe(0);
    expect(press('KeyJ', 9)).toBe(9);
    expect(press('KeyK', 0)).toBe(0);
    expect(press('PageDown', 7)).toBe(9);
    expect(press('PageUp', 3)).toBe(0);
    expect([press('Home', 5), press('End', 5)]).toEqual([0, 9]);
    expect(press('KeyX', 5)).toBeNull();
  });

  it('lead nowhere where there is no row', () => {
    for (const name of ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'])
      expect(press(name, -1, 0)).toBe(-1);
  });
});

describe("the keys that are not the list's", () => {
  const page = document.createElement('div');
  page.innerHTML =
    '<a href="/map"><b></b></a><button></button><textarea></textarea><p></p>' +
    '<section data-keys="own"><i></i></section>';
  const check = (css: string, key: string, expected: boolean): void => {
    let taken: boolean | undefined;
    const target = page.querySelector(css);
    target?.addEventListener('keydown', (event) => (taken = isTaken(event as KeyboardEvent)));
    target?.dispatchEvent(new KeyboardEvent('keydown', { key }));
    expect([css, key, taken]).toEqual([css, key, expected]);
  };

  it('are Enter on a link, and all of a field and of a button', () => {
    check('a', 'Enter', true);
    check('b', 'Enter', true);
    check('a', 'ArrowDown', false);
    check('button', 'Enter', true);
    check('textarea', 'ArrowDown', true);
    check('p', 'Enter', false);
  });

  it('are all of what is scrolled by itself', () => {
    check('section', 'ArrowDown', true);
    check('i', 'End', true);
  });
});
