import { Injectable } from '@angular/core';
import {
  type Span,
  captureException,
  metrics,
  setMeasurement,
  startInactiveSpan,
  startNewTrace,
  withActiveSpan,
} from '@sentry/angular';

import { NoAnswer, ApiProblem } from '../core/api/api-problem';
import { SpinResult } from '../core/api/schema';
import { majorUnits } from '../core/i18n/formats';
import { Turnover } from './turnover';

const OK = 1;
const ERROR = 2;

/** The root transaction of a spin: from the press to the answer. */
export interface SpinTrace {
  /** Null where the spin is not recorded, since only a share of them is. */
  readonly id: string | null;
  /** Requests that `ask` begins belong to the spin; whatever is begun later does not. */
  during<T>(ask: () => T): T;
  answered(reply: SpinResult): void;
  failed(error: unknown): void;
}

/** Begins the trace that the services continue. */
@Injectable({ providedIn: 'root' })
export class SpinTraces {
  private readonly turnover = new Turnover();

  begin(stake: number, currency: string): SpinTrace {
    // A trace of its own: the page's own one would hold all spins since it was loaded.
    const root = startNewTrace(() =>
      withActiveSpan(null, () =>
        startInactiveSpan({
          name: 'slot-machine-spin',
          op: 'ui.action',
          forceTransaction: true,
          attributes: { currency, stake: majorUnits(stake, currency) },
        }),
      ),
    );
    return {
      id: root.isRecording() ? root.spanContext().traceId : null,
      during: (ask) => {
        // The SDK would hold the span active until a promise that it is given is settled, and whatever the page asks
        // for meanwhile would be counted as a part of the spin.
        const asked: ReturnType<typeof ask>[] = [];
        withActiveSpan(root, () => void asked.push(ask()));
        return asked[0] as ReturnType<typeof ask>;
      },
      answered: (reply) => this.answered(root, reply),
      failed: (error) => {
        root.setStatus({ code: ERROR, message: statusOf(error) });
        if (error instanceof ApiProblem) {
          root.setAttribute('problem.code', error.code);
          if (error.body.round_id) root.setAttribute('round.id', error.body.round_id);
        } else {
          // No service knows of it: the answer was lost, or the fault is this page's.
          const code = error instanceof NoAnswer ? 'no_answer' : 'internal';
          root.setAttribute('problem.code', code);
          withActiveSpan(root, () => captureException(error, { tags: { 'problem.code': code } }));
        }
        root.end();
      },
    };
  }

  private answered(root: Span, reply: SpinResult): void {
    root.setAttribute('round.id', reply.round_id);
    root.setAttribute('round.status', reply.status);
    root.setStatus({ code: OK });
    // What is drawn is won or lost, also while it is being settled; an answer that is repeated has been counted.
    if (reply.status !== 'voided' && !reply.replayed) {
      const figures = Object.entries(this.turnover.add(reply));
      withActiveSpan(root, () => {
        for (const [name, value] of figures) {
          const unit = name.startsWith('rtp') ? 'percent' : 'none';
          setMeasurement(name, value, unit, root);
          root.setAttribute(name, value);
          metrics.distribution(name, value, { unit, attributes: { service: 'frontend' } });
        }
      });
    }
    root.end();
  }
}

/** Sentry's word for how a spin failed. */
export function statusOf(error: unknown): string {
  if (error instanceof NoAnswer) return 'unavailable';
  if (!(error instanceof ApiProblem)) return 'internal_error';
  switch (error.body.status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'permission_denied';
    case 404:
      return 'not_found';
    case 409:
      return 'already_exists';
    case 429:
      return 'resource_exhausted';
    case 503:
      return 'unavailable';
    case 504:
      return 'deadline_exceeded';
    default:
      return error.body.status < 500 ? 'invalid_argument' : 'internal_error';
  }
}
