import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  viewChildren,
} from '@angular/core';

import { Language } from '../core/i18n/language';
import { PartFailed, PartLoading } from '../core/ui/part-states';
import { ParTab } from '../paytable/par-tab';
import { PaytableTab } from '../paytable/paytable-tab';
import { ProblemsTab } from '../problems/problems-tab';
import { RoundsTab } from '../rounds/rounds-tab';
import { TABS, Tab, Tabs } from '../core/ui/panel-tabs';

/** The panel on the right: problems, rounds, paytable and PAR sheet. */
@Component({
  selector: 'rs-panel',
  imports: [PartFailed, PartLoading, ParTab, PaytableTab, ProblemsTab, RoundsTab],
  templateUrl: './panel.html',
  styleUrl: './panel.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Panel {
  protected readonly say = inject(Language).say;
  protected readonly tabs = inject(Tabs);
  protected readonly all = TABS;
  private readonly buttons = viewChildren<ElementRef<HTMLButtonElement>>('tab');

  /** The arrow keys move through the tabs, as in every tab list. */
  protected step(event: Event, current: Tab, by: number): void {
    event.preventDefault();
    event.stopPropagation();
    const next = (TABS.indexOf(current) + by + TABS.length) % TABS.length;
    const tab = TABS[next];
    if (!tab) return;
    this.tabs.show(tab);
    this.buttons()[next]?.nativeElement.focus();
  }
}
