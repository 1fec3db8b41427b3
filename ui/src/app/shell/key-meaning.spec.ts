import {
  Place,
  Pressed,
  isActivated,
  keyMeaning,
  pageOfKey,
  placeOf,
  presenterMeaning,
} from './key-meaning';

function pressed(code: string, more: Partial<Pressed> = {}): Pressed {
  return { key: '', code, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...more };
}

describe('the meaning of keys', () => {
  const check = (key: Pressed, place: Place, expected: string | null): void =>
    expect(keyMeaning(key, place)).toBe(expected);

  it('is to spin for the space bar, except in text and dialogs', () => {
    check(pressed('Space'), 'page', 'spin');
    check(pressed('Space'), 'panel', 'spin');
    check(pressed('Space'), 'text', null);
    check(pressed('Space'), 'dialog', null);
  });

  it('goes by the place of the letter, so that it holds in the Russian layout', () => {
    check(pressed('KeyT', { key: 'е' }), 'page', 'turbo');
    check(pressed('Digit7', { key: '?', shiftKey: true }), 'page', 'help');
  });

  it('leaves the arrows to the panel for scrolling', () => {
    check(pressed('ArrowUp'), 'page', 'stake-up');
    check(pressed('ArrowUp'), 'panel', null);
  });

  it('is a problem of the story for the first digits, where the machine is', () => {
    check(pressed('Digit1', { key: '1' }), 'page', 'missing-index');
    check(pressed('Digit4', { key: '4' }), 'panel', 'payment-errors');
    check(pressed('Digit5', { key: '5' }), 'page', null);
    check(pressed('Digit1', { key: '!', shiftKey: true }), 'page', null);
    check(pressed('Digit1', { key: '1' }), 'text', null);
    check(pressed('Digit1', { key: '1' }), 'sheet', null);
    check(pressed('Digit1', { key: '1' }), 'viewer', null);
  });

  it('plays nothing where the machine is not shown', () => {
    check(pressed('Space'), 'sheet', null);
    check(pressed('ArrowUp'), 'sheet', null);
    check(pressed('KeyL'), 'sheet', 'language');
    check(pressed('Slash', { shiftKey: true }), 'sheet', 'help');
    check(pressed('KeyL'), 'viewer', null);
    check(pressed('Slash', { shiftKey: true }), 'viewer', 'help');
  });

  it('leads through the story from every page, and spins only where the machine is', () => {
    for (const place of ['page', 'panel', 'sheet', 'viewer'] as const) {
      check(pressed('KeyO', { key: 'щ' }), place, 'newest-trace');
      check(pressed('KeyB'), place, 'presenter');
      check(pressed('KeyG'), place, 'go');
    }
    check(pressed('KeyO'), 'text', null);
    check(pressed('KeyR'), 'page', 'repeat');
    check(pressed('KeyR'), 'sheet', null);
    check(pressed('KeyC'), 'sheet', 'compare');
    // The waterfall has a C of its own.
    check(pressed('KeyC'), 'viewer', null);
    const pages = ['KeyM', 'KeyT', 'KeyI', 'KeyB', 'KeyX'].map((code) =>
      pageOfKey(pressed(code), 'page'),
    );
    expect(pages).toEqual(['machine', 'traces', 'issues', 'business', undefined]);
    expect(pageOfKey(pressed('KeyT', { ctrlKey: true }), 'page')).toBeUndefined();
    expect(pageOfKey(pressed('KeyT'), 'text')).toBeUndefined();
    expect(pageOfKey(pressed('KeyT'), 'dialog')).toBeUndefined();
  });

  it('leaves shortcuts of the browser alone', () =>
    check(pressed('KeyL', { ctrlKey: true }), 'page', null));

  it('belongs to the presentation while one is given, except in text and dialogs', () => {
    const meaning = (code: string, place: Place, underWay = true) =>
      presenterMeaning(pressed(code), place, underWay);
    const codes = ['PageDown', 'PageUp', 'Period', 'KeyB', 'Escape', 'F5', 'Space'];
    for (const place of ['page', 'panel', 'sheet', 'viewer'] as const) {
      const meanings = codes.map((code) => meaning(code, place));
      expect(meanings).toEqual(['next', 'back', 'black', 'black', 'end', 'start', null]);
    }
    for (const place of ['text', 'dialog'] as const) {
      const meanings = codes.map((code) => meaning(code, place));
      expect(meanings).toEqual([null, null, null, null, null, 'start', null]);
    }
    const before = codes.map((code) => meaning(code, 'page', false));
    expect(before).toEqual([null, null, null, null, null, 'start', null]);
    expect(presenterMeaning(pressed('F5', { ctrlKey: true }), 'page', true)).toBeNull();
  });

  it('depends on where the focus is', () => {
    const page = document.createElement('div');
    page.innerHTML =
      '<input><dialog><button></button></dialog><rs-panel><button></button></rs-panel>';
    const place = (selector: string): Place => placeOf(page.querySelector(selector));
    expect([
      place('input'),
      place('dialog button'),
      place('rs-panel button'),
      placeOf(page),
    ]).toEqual(['text', 'dialog', 'panel', 'page']);
  });

  it('is one press however long it is held', () => {
    document.body.innerHTML =
      '<button><b></b></button><a href="/"></a><summary></summary><textarea></textarea>';
    const held = (css: string, key: string): boolean =>
      isActivated({ key, target: document.querySelector(css) });
    for (const css of ['button', 'button b', 'a', 'summary']) {
      expect([css, held(css, 'Enter'), held(css, ' ')]).toEqual([css, true, true]);
    }
    expect([held('textarea', 'Enter'), held('button', 'Tab'), held('body', 'Enter')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
