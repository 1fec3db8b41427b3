import {
  ChangeDetectionStrategy,
  Component,
  Injector,
  ViewContainerRef,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Coalesced } from '../core/api/coalesced';
import { Connection } from '../core/api/connection';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { Health } from '../core/api/health';
import { Preferences } from '../core/api/preferences';
import { ProblemId } from '../core/api/parts';
import { Language } from '../core/i18n/language';
import { followSettings } from '../core/telemetry/reporting';
import { Address } from '../core/ui/address';
import { Pages, pathOf } from '../core/ui/pages';
import { painted } from '../core/ui/painted';
import { PartFailed, PartLoading } from '../core/ui/part-states';
import { Presenting } from '../core/ui/presenting';
import { present } from '../core/ui/root-size';
import { comparePath, tracePath } from '../core/ui/trace-place';
import { DeliveryPage } from '../delivery/delivery-page';
import { DeliveryStrip } from '../delivery/delivery-strip';
import { IssuesScreen } from '../issues/issues-screen';
import { MapPage } from '../map/map-page';
import { Presentation } from '../presenter/presentation';
import { SettingsPage } from '../settings/settings-page';
import { Machine } from '../slot/machine';
import { Play } from '../slot/play/play';
import { SymbolSprite } from '../slot/reels/symbol-sprite';
import { HeatStrip } from '../spin-log/heat-strip';
import { TracesScreen } from '../traces/traces-screen';
import { BusinessScreen } from './business-screen';
import { Header } from './header';
import type { KeyList } from './key-list';
import {
  Command,
  isActivated,
  keyMeaning,
  pageOfKey,
  placeOf,
  presenterMeaning,
} from './key-meaning';
import { focusPages } from './page-focus';
import { Panel } from './panel';
import { PressedControl } from './pressed-control';
import { ProblemsBeside } from './problems-beside';
import { SetAsideNotices } from './set-aside';
import { Start } from './start';
import { Tabs } from '../core/ui/panel-tabs';

/** Time for the second key of a pair, in milliseconds. */
const PAIR_MS = 1_500;

/** The window: the header with the present page, or the reason why there is none. */
@Component({
  selector: 'app-root',
  imports: [
    PartFailed,
    PartLoading,
    BusinessScreen,
    DeliveryPage,
    DeliveryStrip,
    Header,
    HeatStrip,
    IssuesScreen,
    Machine,
    MapPage,
    Panel,
    Presentation,
    SetAsideNotices,
    SettingsPage,
    SymbolSprite,
    ProblemsBeside,
    TracesScreen,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(document:keydown)': 'press($event)',
    '(document:keyup)': 'release($event)',
    '(document:pointerdown)': 'control.pointAt($event.target)',
    '(document:focusin)': 'control.focusAt($event.target)',
    '(window:focus)': 'lookAgain()',
  },
})
export class Shell {
  private readonly play = inject(Play);
  private readonly preferences = inject(Preferences);
  protected readonly language = inject(Language);
  private readonly tabs = inject(Tabs);
  private readonly address = inject(Address);
  protected readonly health = inject(Health);
  private readonly injector = inject(Injector);
  protected readonly connection = inject(Connection);
  private readonly stream = inject(TelemetryStream);
  protected readonly pages = inject(Pages);
  protected readonly presenting = inject(Presenting);
  protected readonly start = inject(Start);
  protected readonly say = this.language.say;
  /** Why the gateway refused the start. */
  protected readonly reason = computed(() => {
    const words = this.start.refusal();
    return words === null ? '' : this.language.text(words);
  });
  protected readonly control = new PressedControl();
  private keyList: KeyList | null = null;
  /** Until when a key leads to a page, by `performance.now()`. */
  private goingUntil = 0;
  /** The place in the view of components that are drawn over the page. */
  private readonly overlays = viewChild.required('overlays', { read: ViewContainerRef });
  /** The machine, or the requested page, is on the screen; parts that a first spin does not need are loaded now. */
  protected readonly settled = computed(() => this.ready() && this.language.rest() === 'loaded');
  private readonly ready = signal(false);
  /** The page to show; `speechless` while the phrases of the requested page are missing. */
  protected readonly page = computed(() => {
    const page = this.pages.isPresenterView() ? 'presenter' : this.pages.shown();
    return page === 'machine' || this.language.rest() === 'loaded' ? page : 'speechless';
  });

  constructor() {
    const { injector } = this;
    const afterPaint = (then: () => void): void => {
      afterNextRender(() => void painted().then(then), { injector });
    };
    afterPaint(() => void this.addOverlays());
    effect(() => {
      if (this.start.state() !== 'ready') return;
      afterPaint(() => this.ready.set(true));
      if (this.health.recording() === null) this.followPresentation();
    });
    focusPages();
    // Before everything else, because the keys of a remote win over those of lists, charts and scrolling.
    addEventListener('keydown', (event) => this.pressPresenter(event), { capture: true });
    effect(() => present(this.preferences.presenter()));
    effect(() => {
      const page = this.pages.shown();
      const brand = this.say('brand');
      // The presenter's view names its own window.
      if (this.pages.isPresenterView()) return;
      document.title = page === 'machine' ? brand : `${this.say(`nav.${page}`)} · ${brand}`;
    });
    effect(() => {
      if (this.health.lockedOut()) this.start.lockOut();
    });
    effect(() => {
      // A page at rest does not poll the health, but a failed spin is a reason to request it.
      if (this.play.trouble()) untracked(() => void this.health.watch());
    });
    let lost = false;
    effect(() => {
      const before = lost;
      lost = this.connection.lost();
      if (before && !lost) untracked(() => this.lookAgain());
    });
  }

  /** Loads the list of keys and the tooltips after the first screen, because they are not needed before. */
  private async addOverlays(): Promise<void> {
    const [{ KeyList }, { Tip }] = await Promise.all([import('./key-list'), import('./tip')]);
    this.keyList = this.overlays().createComponent(KeyList).instance;
    this.overlays().createComponent(Tip);
  }

  private pressPresenter(event: KeyboardEvent): void {
    const { presenting } = this;
    const command = presenterMeaning(event, placeOf(event.target), presenting.underWay());
    if (!command || this.start.state() !== 'ready' || this.health.recording() !== null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) presenting.ask(command);
  }

  /** A presentation may be begun in another window. The open stream also tells when the program is gone. */
  private followPresentation(): void {
    const isNeeded = (): void => this.presenting.needed.set(true);
    this.stream.on('presentation', isNeeded);
    // It may have begun while messages were lost.
    this.stream.afterGap(new Coalesced(() => Promise.resolve(isNeeded())));
  }

  protected press(event: KeyboardEvent): void {
    // Each repetition of the key would press a button again.
    if (event.repeat && isActivated(event)) event.preventDefault();
    const isGoing = this.goingUntil > performance.now();
    const page = isGoing ? pageOfKey(event, placeOf(event.target)) : undefined;
    this.goingUntil = 0;
    if (page) {
      event.preventDefault();
      return this.address.go(pathOf(page));
    }
    const command = this.commandOf(event);
    if (!command) return;
    event.preventDefault();
    // A key that is held down changes the stake repeatedly, but spins only once.
    if (!event.repeat || command.startsWith('stake')) this.run(command);
  }

  /** A focused button would be clicked when the space bar is released, but the key press has spun already. */
  protected release(event: KeyboardEvent): void {
    if (this.commandOf(event) === 'spin') event.preventDefault();
  }

  /** The release and the settings may have changed while the window was in the background. */
  protected lookAgain(): void {
    if (this.start.state() !== 'ready') return;
    void this.health.watch();
    if (this.health.recording() !== null) return;
    void followSettings();
    void this.play.lookAgain();
  }

  protected showKeys(): void {
    this.keyList?.open();
  }

  private commandOf(event: KeyboardEvent): Command | null {
    if (this.start.state() !== 'ready' || this.control.owns(event)) return null;
    if (this.pages.isPresenterView()) return null;
    const place = placeOf(event.target);
    // Keys must not spin reels that are out of sight.
    const away = this.pages.shown() !== 'machine' && place === 'page';
    const elsewhere = this.pages.shown() === 'traces' ? 'viewer' : 'sheet';
    return keyMeaning(event, away ? elsewhere : place);
  }

  private run(command: Command): void {
    switch (command) {
      case 'spin':
        return this.play.press();
      case 'stake-up':
        return this.play.changeStake(1);
      case 'stake-down':
        return this.play.changeStake(-1);
      case 'turbo':
        return this.preferences.toggleTurbo();
      case 'sound':
        return this.preferences.toggleSound();
      case 'language':
        return void this.language.next();
      case 'paytable':
        return this.tabs.show('paytable');
      case 'help':
        return this.showKeys();
      case 'presenter':
        return this.preferences.togglePresenter();
      case 'go':
        this.goingUntil = performance.now() + PAIR_MS;
        return;
      case 'newest-trace':
        return void this.openNewest();
      case 'repeat':
        return void this.repeat();
      case 'compare':
        return this.compare();
      default:
        // The panel shows the change of the problem.
        this.tabs.show('problems');
        void this.switchProblem(command);
    }
  }

  private compare(): void {
    const [pair] = this.play.repeats();
    if (pair) this.address.go(comparePath(pair.before, pair.after));
  }

  private async openNewest(): Promise<void> {
    const id = this.play.traceId() ?? (await this.story()).traceId();
    if (id !== null) this.address.go(tracePath(id));
  }

  private async repeat(): Promise<void> {
    (await this.story()).repeat();
  }

  /** The stores are loaded on demand, because the first screen does not need them. */
  private async story() {
    const { Story } = await import('../problems/story');
    return this.injector.get(Story);
  }

  private async switchProblem(id: ProblemId): Promise<void> {
    const { FaultStore } = await import('../faults/fault-store');
    await this.injector.get(FaultStore).toggle(id);
  }
}
