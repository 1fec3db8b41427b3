// Long because it has a case for each kind of action of a script.
import { Injectable, Injector, effect, inject } from '@angular/core';

import { SPIN } from '../../core/api/parts';
import { Gateway } from '../../core/api/gateway';
import { Action, FaultId, Page } from '../../core/api/schema';
import { Address } from '../../core/ui/address';
import { PARTS } from '../../core/ui/business-part';
import { OpenTrace } from '../../core/ui/open-trace';
import { PAGES, pathOf } from '../../core/ui/pages';
import { Tabs } from '../../core/ui/panel-tabs';
import { comparePath, placeAt, tracePath } from '../../core/ui/trace-place';
import { FaultStore } from '../../faults/fault-store';
import { OverheadStore } from '../../overhead/overhead-store';
import { Story } from '../../problems/story';
import { Play } from '../../slot/play/play';
import { DRAWN_MS, drawn, firstShown } from './drawn';
import { Questions } from './questions';

/** Number of traces among which one that shows a problem is searched. */
const SEARCHED = 200;

/** The pages that have a part which counts as a page of the script. */
const PART_PATHS = {
  overhead: pathOf('settings'),
  calculator: '/business/calculator',
} as const;

/** Why an action could not be performed, where no request failed. */
export class NothingThere extends Error {
  override readonly name = 'NothingThere';

  constructor(readonly of: 'trace' | 'issue' | 'round' | 'comparison') {
    super(`there is no ${of} yet`);
  }
}

/** Performs the actions of a script in this window, with what the page's own buttons use. */
@Injectable({ providedIn: 'root' })
export class Performer {
  private readonly gateway = inject(Gateway);
  private readonly address = inject(Address);
  private readonly play = inject(Play);
  private readonly story = inject(Story);
  private readonly faults = inject(FaultStore);
  private readonly overhead = inject(OverheadStore);
  private readonly tabs = inject(Tabs);
  private readonly questions = inject(Questions);
  private readonly trace = inject(OpenTrace);
  private readonly injector = inject(Injector);

  /** Resolves when the action is done; rejects with the reason why it was not. */
  async perform(action: Action): Promise<void> {
    if (typeof action === 'string') return this.performSimple(action);
    if ('spin' in action) return this.spin(action.spin);
    if ('open' in action) return this.open(action.open);
    if ('open_trace_of' in action) return this.openTraceOf(action.open_trace_of);
    if ('fix' in action) return this.bring(action.fix, 'fixed');
    if ('bring_back' in action) return this.bring(action.bring_back, 'on');
    if ('break' in action) {
      const { fault, seconds } = action.break;
      return this.switched(() => this.faults.breakFor(fault, seconds));
    }
    if ('fire' in action) return this.switched(() => this.faults.fire(action.fire));
    if ('release' in action) return this.switched(() => this.faults.choose(action.release));
    if ('traffic' in action) {
      const { players, budget_percent } = await this.gateway.traffic();
      await this.gateway.setTraffic({ running: action.traffic, players, budget_percent });
      return;
    }
    this.questions.open(action.question);
  }

  /** Opens the page of a step, unless it is shown already. */
  async open(page: Page): Promise<void> {
    if (page === 'questions') return this.questions.open();
    this.questions.close();
    if (page === 'trace') return this.openNewestTrace();
    if (page === 'issue') return this.openNewestIssue();
    if (page === 'compare') return this.compare();
    if (page === 'overhead' || page === 'calculator') {
      this.go(PART_PATHS[page]);
      const part = await drawn(() => firstShown([`[data-spot~='${page}']`]));
      part?.scrollIntoView({ block: 'center' });
      return;
    }
    const part = PARTS.find(({ name }) => name === page);
    if (part) return this.go(part.path);
    if (page === 'machine') this.tabs.show('problems');
    if (isOwnPage(page)) this.go(pathOf(page));
  }

  private async performSimple(action: Action & string): Promise<void> {
    switch (action) {
      case 'start_of_demo':
        return this.switched(() => this.faults.startOfDemo());
      case 'same_round':
        return this.sameRound();
      case 'open_newest_trace':
        return this.openNewestTrace();
      case 'open_culprit':
        return this.openCulprit();
      case 'compare':
        return this.compare();
      case 'open_newest_issue':
        return this.openNewestIssue();
      case 'measure_overhead':
        await this.open('overhead');
        await this.overhead.measure(1);
        if (this.overhead.error() !== null) throw this.overhead.error();
    }
  }

  private async spin(times: number): Promise<void> {
    await this.open('machine');
    for (let spun = 0; spun < times; spun += 1) {
      await this.play.atRest();
      this.play.press();
      await this.play.atRest();
    }
  }

  private async sameRound(): Promise<void> {
    await this.open('machine');
    await this.play.atRest();
    const before = this.play.spins();
    this.story.repeat();
    if (this.play.spins() === before) throw new NothingThere('round');
    await this.play.atRest();
  }

  private compare(): void {
    const [pair] = this.play.repeats();
    if (!pair) throw new NothingThere('comparison');
    this.go(comparePath(pair.before, pair.after));
  }

  private async openNewestTrace(): Promise<void> {
    const id = this.story.traceId() ?? (await this.newestSpin());
    if (id === null) throw new NothingThere('trace');
    this.go(tracePath(id));
  }

  private async newestSpin(): Promise<string | null> {
    const { traces } = await this.gateway.traces({ limit: 1, virtual_player: false, name: SPIN });
    return traces[0]?.trace_id ?? null;
  }

  private async openTraceOf(fault: FaultId): Promise<void> {
    await this.faults.load();
    const observed = this.faults.board()?.faults.find(({ id }) => id === fault)?.observed;
    const id = observed?.trace_id ?? (await this.newestWith(fault));
    if (id === null) throw new NothingThere('trace');
    this.go(tracePath(id));
  }

  private async newestWith(fault: FaultId): Promise<string | null> {
    const { traces } = await this.gateway.traces({ limit: SEARCHED });
    const shows = traces.find(({ problems, faults }) =>
      ([...problems, ...faults] as readonly string[]).includes(fault),
    );
    return shows?.trace_id ?? null;
  }

  private async openCulprit(): Promise<void> {
    const { path } = this.address;
    const isTrace = path().startsWith('/traces/') && placeAt(path()).what === 'trace';
    if (!isTrace) await this.openNewestTrace();
    const rows = await this.rowsDrawn();
    if (!rows?.culprit()) throw new NothingThere('trace');
  }

  /** The rows of the open trace, once they are drawn; null if they do not come. */
  private rowsDrawn(): Promise<ReturnType<OpenTrace['rows']>> {
    return new Promise((resolve) => {
      const done = (rows: ReturnType<OpenTrace['rows']>): void => {
        clearTimeout(timer);
        watching.destroy();
        resolve(rows);
      };
      const timer = setTimeout(() => done(null), DRAWN_MS);
      const watching = effect(
        () => {
          const rows = this.trace.rows();
          if (rows) done(rows);
        },
        { injector: this.injector },
      );
    });
  }

  private async openNewestIssue(): Promise<void> {
    const { issues } = await this.gateway.issues(1);
    const [issue] = issues;
    if (!issue) throw new NothingThere('issue');
    this.go(`/issues/${issue.issue_id}`);
  }

  private bring(fault: FaultId, state: 'on' | 'fixed'): Promise<void> {
    this.tabs.show('problems');
    return this.switched(() => this.faults.bring(fault, state));
  }

  private async switched(change: () => Promise<void>): Promise<void> {
    await change();
    const refusal = this.faults.refusal();
    if (refusal) throw refusal.error;
  }

  private go(path: string): void {
    if (path !== this.address.path()) this.address.go(path);
  }
}

function isOwnPage(page: Page): page is Parameters<typeof pathOf>[0] & Page {
  return PAGES.some((own) => own === page);
}
