import {
  ChangeDetectionStrategy,
  Component,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Connection } from '../core/api/connection';
import { Health } from '../core/api/health';
import { Preferences } from '../core/api/preferences';
import { Language } from '../core/i18n/language';
import { followSettings } from '../core/telemetry/reporting';
import { Pages } from '../core/ui/pages';
import { painted } from '../core/ui/painted';
import { PartFailed, PartLoading } from '../core/ui/part-states';
import { DeliveryPage } from '../delivery/delivery-page';
import { DeliveryStrip } from '../delivery/delivery-strip';
import { IssueStore } from '../issues/issue-store';
import { IssuesScreen } from '../issues/issues-screen';
import { MapPage } from '../map/map-page';
import { ProblemStore } from '../problems/problem-store';
import { SettingsPage } from '../settings/settings-page';
import { Machine } from '../slot/machine';
import { Play } from '../slot/play';
import { SymbolSprite } from '../slot/symbol-sprite';
import { TracesScreen } from '../traces/traces-screen';
import { BusinessScreen } from './business-screen';
import { Header } from './header';
import { KeyList } from './key-list';
import { Command, isActivated, keyMeaning, placeOf } from './key-meaning';
import { Panel } from './panel';
import { PressedControl } from './pressed-control';
import { SetAsideNotices } from './set-aside';
import { Start } from './start';
import { Tabs } from './tabs';
import { Tip } from './tip';

/** The window: header, machine and panel, or what stands in the way of them. */
@Component({
  selector: 'app-root',
  imports: [
    PartFailed,
    PartLoading,
    BusinessScreen,
    DeliveryPage,
    DeliveryStrip,
    Header,
    IssuesScreen,
    KeyList,
    Machine,
    MapPage,
    Panel,
    SetAsideNotices,
    SettingsPage,
    SymbolSprite,
    Tip,
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
  private readonly language = inject(Language);
  private readonly tabs = inject(Tabs);
  protected readonly health = inject(Health);
  private readonly issues = inject(IssueStore);
  private readonly problems = inject(ProblemStore);
  protected readonly connection = inject(Connection);
  protected readonly pages = inject(Pages);
  protected readonly start = inject(Start);
  protected readonly say = this.language.say;
  /** Why the start was refused. */
  protected readonly reason = computed(() => {
    const words = this.start.refusal();
    if (!words) return '';
    return 'literal' in words ? words.literal : this.say(words.key, words.params);
  });
  protected readonly control = new PressedControl();
  private readonly keyList = viewChild(KeyList);
  /** Something is on the screen. */
  protected readonly drawn = signal(false);
  /** The machine is, or the page that was asked for: only then comes what is not needed for a first spin. */
  protected readonly settled = signal(false);

  constructor() {
    const injector = inject(Injector);
    const once = (then: () => void): void => {
      afterNextRender(() => void painted().then(then), { injector });
    };
    once(() => this.drawn.set(true));
    effect(() => {
      if (this.start.state() === 'ready') once(() => this.settled.set(true));
    });
    effect(() => {
      if (this.settled()) this.issues.follow();
    });
    effect(() => {
      if (this.health.lockedOut()) this.start.lockOut();
    });
    effect(() => {
      // A page at rest does not ask how the services are; a spin that fails is a reason to.
      if (this.play.trouble()) untracked(() => void this.health.watch());
    });
    let lost = false;
    effect(() => {
      const before = lost;
      lost = this.connection.lost();
      if (before && !lost) untracked(() => this.lookAgain());
    });
  }

  protected press(event: KeyboardEvent): void {
    // The browser would press a button anew for each repeat of the key.
    if (event.repeat && isActivated(event)) event.preventDefault();
    const command = this.commandOf(event);
    if (!command) return;
    event.preventDefault();
    // A key that is held down changes the stake step by step, but spins only once.
    if (!event.repeat || command.startsWith('stake')) this.obey(command);
  }

  /** A button with the focus is clicked when the space bar comes up; the bar has spun already. */
  protected release(event: KeyboardEvent): void {
    if (this.commandOf(event) === 'spin') event.preventDefault();
  }

  /** Release and settings may have been changed while the window was in the background. */
  protected lookAgain(): void {
    if (this.start.state() !== 'ready') return;
    void this.health.watch();
    if (this.health.recording() !== null) return;
    void followSettings();
    void this.play.lookAgain();
  }

  protected showKeys(): void {
    this.keyList()?.open();
  }

  private commandOf(event: KeyboardEvent): Command | null {
    if (this.start.state() !== 'ready' || this.control.owns(event)) return null;
    const place = placeOf(event.target);
    // Where no reels are to be seen, no key may spin them.
    const away = this.pages.shown() !== 'machine' && place === 'page';
    const elsewhere = this.pages.shown() === 'traces' ? 'viewer' : 'sheet';
    return keyMeaning(event, away ? elsewhere : place);
  }

  private obey(command: Command): void {
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
        return this.language.switch();
      case 'paytable':
        return this.tabs.show('paytable');
      case 'help':
        return this.showKeys();
      default:
        // The change is seen where it is told.
        this.tabs.show('problems');
        void this.problems.toggle(command);
    }
  }
}
