import { hearTouches } from './touch';

describe('a person at the machine', () => {
  const touched = vi.fn();
  let deaf: () => void;

  beforeEach(() => {
    touched.mockReset();
    deaf = hearTouches(touched);
  });
  afterEach(() => deaf());

  const move = (screenX: number, screenY: number): void => {
    const event = new Event('pointermove');
    dispatchEvent(Object.assign(event, { screenX, screenY }));
  };

  it('is noticed by keys, buttons, wheels and fingers, also where the page takes them for itself', () => {
    document.body.addEventListener('keydown', (event) => event.stopPropagation(), { once: true });
    for (const name of ['keydown', 'keyup', 'pointerdown', 'wheel', 'touchstart'])
      document.body.dispatchEvent(new Event(name, { bubbles: true }));
    expect(touched).toHaveBeenCalledTimes(5);
  });

  it('is noticed by a pointer that goes some way, and not by one that rests or appears', () => {
    move(100, 100);
    move(102, 102);
    move(101, 103);
    expect(touched).not.toHaveBeenCalled();
    move(104, 100);
    expect(touched).toHaveBeenCalledTimes(1);
    move(105, 101);
    expect(touched).toHaveBeenCalledTimes(1);
    move(105, 90);
    expect(touched).toHaveBeenCalledTimes(2);
  });

  it('is not noticed any more once nobody asks', () => {
    deaf();
    move(0, 0);
    move(500, 500);
    dispatchEvent(new Event('keydown'));
    expect(touched).not.toHaveBeenCalled();
  });
});
