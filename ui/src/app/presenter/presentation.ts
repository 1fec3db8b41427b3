import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { Pages } from '../core/ui/pages';
import { PresenterView } from './presenter-view';
import { ProjectorStage } from './projector-stage';

/** What a window has of the presentation: the presenter's notes, or what the machine is presented with. */
@Component({
  selector: 'rs-presentation',
  imports: [PresenterView, ProjectorStage],
  template: `
    @if (pages.isPresenterView()) {
      <main class="viewer"><rs-presenter-view /></main>
    } @else {
      <rs-projector-stage />
    }
  `,
  styles: `
    :host {
      display: contents;
    }
    .viewer {
      flex: 1;
      min-height: 24rem;
      padding: var(--space-10) var(--space-15);
      overflow: hidden auto;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Presentation {
  protected readonly pages = inject(Pages);
}
