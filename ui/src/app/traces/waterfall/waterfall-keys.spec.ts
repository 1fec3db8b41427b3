import { keyMeaning } from './waterfall-keys';

function pressed(init: KeyboardEventInit, html = '<div></div>'): KeyboardEvent {
  document.body.innerHTML = html;
  const event = new KeyboardEvent('keydown', { bubbles: true, ...init });
  (document.body.querySelector('[data-here]') ?? document.body).dispatchEvent(event);
  return event;
}

describe('a key on the waterfall', () => {
  it('goes by its place, in the Russian layout too', () => {
    expect(keyMeaning(pressed({ key: 'о', code: 'KeyJ' }))).toBe('down');
    expect(keyMeaning(pressed({ key: '.', code: 'Slash' }))).toBe('search');
    expect(keyMeaning(pressed({ key: 'х', code: 'BracketLeft' }))).toBe('close-all');
  });
  it('goes by its name where it writes nothing, wherever it is on the keyboard', () => {
    expect(keyMeaning(pressed({ key: 'CapsLock', code: 'Escape' }))).toBeNull();
    expect(keyMeaning(pressed({ key: 'Escape', code: 'CapsLock' }))).toBe('leave');
    expect(keyMeaning(pressed({ key: 'Unidentified', code: 'Enter' }))).toBeNull();
    expect(keyMeaning(pressed({ key: 'Control', code: 'ArrowDown' }))).toBeNull();
  });
  it('goes by its place where it writes a digit or a sign', () => {
    expect(keyMeaning(pressed({ key: 'à', code: 'Digit0' }))).toBe('whole');
    expect(keyMeaning(pressed({ key: '-', code: 'NumpadSubtract' }))).toBe('zoom-out');
    expect(keyMeaning(pressed({ key: 'ß', code: 'Minus' }))).toBe('zoom-out');
  });
  it('is the browser’s with Ctrl', () =>
    expect(keyMeaning(pressed({ key: 'c', code: 'KeyC', ctrlKey: true }))).toBeNull());
  it('is typed in a field', () =>
    expect(keyMeaning(pressed({ key: 'j', code: 'KeyJ' }, '<input data-here>'))).toBeNull());
  it('presses a button, and walks from it all the same', () => {
    const button = '<button data-here></button>';
    expect(keyMeaning(pressed({ key: 'Enter', code: 'Enter' }, button))).toBeNull();
    expect(keyMeaning(pressed({ key: 'j', code: 'KeyJ' }, button))).toBe('down');
  });
  it('scrolls a text that has the focus', () =>
    expect(
      keyMeaning(pressed({ key: 'ArrowDown' }, '<pre tabindex="0" data-here></pre>')),
    ).toBeNull());
  it('pans with Shift', () => {
    expect(keyMeaning(pressed({ key: 'ArrowLeft', shiftKey: true }))).toBe('pan-left');
    expect(keyMeaning(pressed({ key: 'ArrowLeft' }))).toBe('close');
  });
});
