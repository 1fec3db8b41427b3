import { declared, paint, token } from './tokens';

describe('tokens', () => {
  const root = document.documentElement;
  beforeEach(() => root.style.setProperty('--leaf', ' #0a0'));
  afterEach(() => root.style.removeProperty('--leaf'));

  it('are read from the page', () => {
    expect(token('leaf')).toBe('#0a0');
    expect(token('nowhere')).toBe('');
  });

  it('are what a canvas paints with', () => {
    expect(paint('var(--leaf)')).toBe('#0a0');
    expect(paint('#123456')).toBe('#123456');
  });

  it('go along with what leaves the page, each once', () => {
    expect(declared('a{color:var(--leaf)}b{background:var(--leaf)}')).toBe('--leaf:#0a0;');
  });
});
