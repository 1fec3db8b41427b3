import { computed } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Step } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { LocksDouble } from '../../testing/locks-double';
import { PresentationDouble } from '../../testing/presentation-double';
import { ChannelMessage } from './channel';
import { Performer } from './performer';
import { PresentationStore } from './presentation-store';
import { Projector } from './projector';
import { SeenReporter } from './seen-reporter';
import { standingOf } from './standing';

const STEPS: readonly Step[] = [
  { id: 'one', title: 'One', minutes: 1, page: 'machine', say: [{ text: 'a' }, { text: 'b' }] },
  { id: 'two', title: 'Two', minutes: 1, page: 'map', say: [{ text: 'c' }] },
];

/** The other windows. */
class OthersDouble {
  static heard: ChannelMessage[] = [];
  static windows: OthersDouble[] = [];
  onmessage: ((event: { data: ChannelMessage }) => void) | null = null;

  constructor() {
    OthersDouble.windows.push(this);
  }

  postMessage(message: ChannelMessage): void {
    OthersDouble.heard.push(message);
  }

  close(): void {
    this.onmessage = null;
  }
}

describe('the window that is presented', () => {
  const performer = { perform: vi.fn(), open: vi.fn() };
  let store: PresentationDouble;
  let projector: Projector;

  const settled = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve));
    TestBed.tick();
  };
  const tell = (data: ChannelMessage): void => OthersDouble.windows[0]?.onmessage?.({ data });
  const of = (kind: ChannelMessage['kind']) =>
    OthersDouble.heard.filter((message) => message.kind === kind);

  beforeEach(async () => {
    LocksDouble.install();
    OthersDouble.heard = [];
    OthersDouble.windows = [];
    vi.stubGlobal('BroadcastChannel', OthersDouble);
    vi.resetAllMocks();
    performer.open.mockResolvedValue(undefined);
    performer.perform.mockResolvedValue(undefined);
    store = new PresentationDouble(STEPS);
    const standing = computed(() => standingOf(store.presentation()));
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: PresentationStore, useValue: Object.assign(store, { standing }) },
        { provide: Performer, useValue: performer },
        { provide: SeenReporter, useValue: {} },
      ],
    });
    projector = TestBed.inject(Projector);
    await settled();
  });
  afterEach(() => {
    LocksDouble.remove();
    vi.unstubAllGlobals();
  });

  it('is black only while a presentation is given, and not at the next one', async () => {
    projector.toggleBlack();
    expect(projector.black()).toBe(false);
    projector.toggleBlack();
    await store.start();
    projector.toggleBlack();
    expect(projector.black()).toBe(true);
    await settled();
    expect(of('projector').at(-1)).toMatchObject({ state: { black: true } });
    await store.end();
    await settled();
    await store.start();
    await settled();
    expect(projector.black()).toBe(false);
  });

  it('opens the page of the next step, but not that of the first, nor while the script plays itself', async () => {
    await store.start();
    await settled();
    expect(performer.open).not.toHaveBeenCalled();
    await store.goTo('two');
    await settled();
    expect(performer.open.mock.calls).toEqual([['map']]);
    projector.playsItself.set(true);
    await store.goTo('one');
    await settled();
    expect(performer.open).toHaveBeenCalledTimes(1);
  });

  it('is wholly lit while somebody works on it, until the next line', async () => {
    await store.start();
    await settled();
    projector.rest();
    expect(projector.resting()).toBe(true);
    await store.goTo('one', 1);
    await settled();
    expect(projector.resting()).toBe(false);
    projector.rest();
    projector.light();
    expect(projector.resting()).toBe(false);
  });

  it('performs one action at a time, and says why one could not be', async () => {
    await store.start();
    await settled();
    let done: () => void = () => undefined;
    performer.perform.mockReturnValueOnce(new Promise<void>((resolve) => (done = resolve)));
    const first = projector.perform({ spin: 1 }, 'one-0');
    expect(projector.busy()).toBe(true);
    expect(await projector.perform('compare')).not.toBe('');
    expect(performer.perform).toHaveBeenCalledTimes(1);
    done();
    expect(await first).toBe('');
    expect([...projector.pressed()]).toEqual(['one-0']);
    performer.perform.mockRejectedValueOnce(new Error('away'));
    expect(await projector.perform('compare', 'one-1')).not.toBe('');
    expect([
      projector.busy(),
      projector.refusal() !== '',
      projector.pressed().has('one-1'),
    ]).toEqual([false, true, false]);
    await store.end();
    await settled();
    expect([projector.refusal(), projector.pressed().size]).toEqual(['', 0]);
  });

  it('does what the presenter’s view orders, and answers each order', async () => {
    await store.start();
    await settled();
    tell({ kind: 'order', id: 'a', order: 'black' });
    tell({ kind: 'order', id: 'b', order: { perform: { spin: 1 }, button: 'one-0' } });
    tell({ kind: 'order', id: 'c', order: 'who' });
    await settled();
    expect(projector.black()).toBe(true);
    expect(performer.perform.mock.calls).toEqual([[{ spin: 1 }]]);
    expect(of('taken')).toHaveLength(3);
    expect(of('done')).toHaveLength(3);
  });

  it('leaves orders and pages to the window that showed the machine first', async () => {
    const other = TestBed.runInInjectionContext(() => new Projector());
    await store.start();
    await settled();
    OthersDouble.windows[1]?.onmessage?.({ data: { kind: 'order', id: 'a', order: 'black' } });
    await settled();
    expect([other.black(), of('taken')]).toEqual([false, []]);
  });

  it('knows that a presenter’s view is open, until it is gone however it was closed', async () => {
    let close: () => void = () => undefined;
    void navigator.locks.request(
      'reelscope-presenter-view',
      () => new Promise<void>((resolve) => (close = resolve)),
    );
    tell({ kind: 'view' });
    await settled();
    expect(projector.watched()).toBe(true);
    close();
    await settled();
    expect(projector.watched()).toBe(false);
  });
});
