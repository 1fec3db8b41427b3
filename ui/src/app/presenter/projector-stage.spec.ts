import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Step } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Presenting } from '../core/ui/presenting';
import { PresentationDouble } from '../testing/presentation-double';
import { PresentationStore } from './presentation/presentation-store';
import { Projector } from './presentation/projector';
import { ProjectorStage } from './projector-stage';
import { Questions } from './presentation/questions';
import { ScriptRun } from './run/script-run';
import { Spots } from './presentation/spots';
import { buttonId, standingOf } from './presentation/standing';

const STEPS: readonly Step[] = [
  {
    id: 'one',
    title: 'The first step',
    minutes: 1,
    say: [{ text: 'What is said.' }],
    actions: [
      { label: 'Spin', action: { spin: 1 } },
      { label: 'Compare', action: 'compare' },
    ],
  },
];

@Component({
  imports: [ProjectorStage],
  template: '<rs-projector-stage />',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Page {}

describe('the presentation in the window of the machine', () => {
  const projector = {
    black: signal(false),
    watched: signal(false),
    resting: signal(false),
    busy: signal(false),
    refusal: signal(''),
    pressed: signal<ReadonlySet<string>>(new Set()),
    perform: vi.fn(),
    rest: vi.fn(),
    toggleBlack: vi.fn(),
  };
  const run = {
    kind: signal<string | null>(null),
    report: signal(null),
    start: vi.fn(),
    speed: signal(1),
    held: signal(false),
    pressing: signal(''),
    refusal: signal(''),
    pointer: signal(null),
    pressed: signal(false),
  };
  let store: PresentationDouble;
  let fixture: ComponentFixture<Page>;

  beforeEach(async () => {
    vi.resetAllMocks();
    Element.prototype.scrollIntoView = vi.fn();
    projector.watched.set(false);
    projector.black.set(false);
    projector.refusal.set('');
    projector.pressed.set(new Set());
    run.kind.set(null);
    store = new PresentationDouble(STEPS);
    const standing = computed(() => standingOf(store.presentation()));
    const times = signal([
      { name: 'stepTime', spent: 65_000, plan: 60_000, isOver: true },
      { name: 'wholeTime', spent: 65_000, plan: 120_000, isOver: false },
    ]);
    const loadState = signal('ready');
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        {
          provide: PresentationStore,
          useValue: Object.assign(store, { standing, times, loadState, move: vi.fn() }),
        },
        { provide: Projector, useValue: projector },
        { provide: ScriptRun, useValue: run },
        { provide: Spots, useValue: { bring: () => null, elementOf: () => null } },
        {
          provide: Questions,
          useValue: { shown: signal(null), open: vi.fn(), close: vi.fn() },
        },
      ],
    });
    fixture = TestBed.createComponent(Page);
    document.body.append(fixture.nativeElement as HTMLElement);
    await fixture.whenStable();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    Reflect.deleteProperty(Element.prototype, 'scrollIntoView');
    (fixture.nativeElement as HTMLElement).remove();
  });

  const find = (name: string): HTMLElement | null =>
    (fixture.nativeElement as HTMLElement).querySelector(`[data-test="${name}"]`);
  const text = (name: string): string | undefined =>
    find(name)?.textContent.replace(/\s+/g, ' ').trim();
  const command = async (name: 'open' | 'start' | 'black' | 'end'): Promise<void> => {
    TestBed.inject(Presenting).ask(name);
    await fixture.whenStable();
  };

  it('has a bar while it is given, unless a presenter’s view has it or the script plays itself', async () => {
    expect(find('presenter-bar')).toBeNull();
    await command('start');
    expect(text('presenter-step')).toBe('1 / 1');
    expect(text('presenter-title')).toBe('The first step');
    expect(text('presenter-line')).toBe('What is said.');
    projector.watched.set(true);
    await fixture.whenStable();
    expect(find('presenter-bar')).toBeNull();
    projector.watched.set(false);
    run.kind.set('booth');
    await fixture.whenStable();
    expect([find('presenter-bar'), find('run-bar') !== null]).toEqual([null, true]);
  });

  it('tells the time of the step and of the whole, and which of them is over', async () => {
    await command('start');
    const times = [...(find('presenter-bar')?.querySelectorAll('.times > span') ?? [])];
    expect(times.map((time) => time.classList.contains('over'))).toEqual([true, false]);
    expect(times[0]?.textContent).toContain('1:05 / 1:00');
  });

  it('offers the buttons of a step one after another, and then only to go on', async () => {
    await command('start');
    expect(text('presenter-act')).toBe('Spin');
    find('presenter-act')?.click();
    expect(projector.perform.mock.calls).toEqual([[{ spin: 1 }, buttonId('one', 0)]]);
    projector.pressed.set(new Set([buttonId('one', 0)]));
    await fixture.whenStable();
    expect(text('presenter-act')).toBe('Compare');
    projector.pressed.set(new Set([buttonId('one', 0), buttonId('one', 1)]));
    await fixture.whenStable();
    expect(find('presenter-act')).toBeNull();
    expect(find('presenter-next')?.className).toBe('main');
  });

  it('says why an action could not be performed', async () => {
    await command('start');
    projector.refusal.set('There is no pair yet.');
    await fixture.whenStable();
    expect(text('presenter-refusal')).toBe('There is no pair yet.');
    expect(find('presenter-refusal')?.getAttribute('role')).toBe('alert');
  });

  it('is blacked out by a remote, and says so to a screen reader', async () => {
    await command('black');
    expect(projector.toggleBlack).toHaveBeenCalledTimes(1);
    projector.black.set(true);
    await fixture.whenStable();
    expect(find('black')?.getAttribute('role')).toBe('status');
    expect(text('black')).not.toBe('');
  });

  it('lights all of the page for whoever works on it, and not for who uses its bar', async () => {
    await command('start');
    find('presenter-next')?.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    expect(projector.rest).not.toHaveBeenCalled();
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    expect(projector.rest).toHaveBeenCalledTimes(1);
  });

  it('leads to the presenter’s view where the browser does not open its window', async () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    await command('start');
    find('presenter-view')?.click();
    await fixture.whenStable();
    expect(find('view-blocked')?.querySelector('a')?.getAttribute('href')).toBe('/presenter');
    open.mockReturnValue(window);
    find('presenter-view')?.click();
    await fixture.whenStable();
    expect(find('view-blocked')).toBeNull();
  });

  it('ends by a remote', async () => {
    await command('start');
    await command('end');
    expect([store.status(), find('presenter-bar')]).toEqual(['ended', null]);
  });
});
