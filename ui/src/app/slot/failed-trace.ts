import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { tracePath } from '../core/ui/trace-place';
import { FollowedSpin } from './spin-path/followed-spin';
import { Play } from './play/play';

/** The way from the error of the last spin to its trace, at the span that failed. */
@Component({
  selector: 'rs-failed-trace',
  template: `
    @if (id(); as id) {
      <a class="quiet" data-test="see-why" [href]="path(id)" (click)="open($event, id)"
        >{{ say('spin.seeWhy') }} →</a
      >
    }
  `,
  styles: `
    a {
      display: block;
      border-color: var(--bad-wire);
      color: var(--bad);
      font-size: 0.95rem;
    }
    a:hover {
      border-color: var(--bad);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FailedTrace {
  private readonly address = inject(Address);
  private readonly play = inject(Play);
  private readonly spin = inject(FollowedSpin);
  protected readonly say = inject(Language).say;
  protected readonly path = tracePath;

  /** Null while nothing of the trace has arrived. */
  protected readonly id = computed(() => (this.spin.summary() ? this.play.traceId() : null));
  private readonly failed = computed(() =>
    this.spin.layout()?.tree.nodes.find((node) => node.failed && !node.failedBelow),
  );

  protected open(event: MouseEvent, id: string): void {
    const span = this.failed()?.key;
    this.address.follow(event, tracePath(id), span === undefined ? {} : { span });
  }
}
