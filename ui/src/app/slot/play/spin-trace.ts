import { Injectable } from '@angular/core';
import { type Span, captureException, setMeasurement, withActiveSpan } from '@sentry/angular';

import { SPIN } from '../../core/api/parts';
import { beginRoot, recordedId, within } from '../../core/api/root-span';
import { NoAnswer, ApiProblem } from '../../core/api/api-problem';
import { SpinResult } from '../../core/api/schema';
import { majorUnits } from '../../core/i18n/formats';
import { Turnover } from './turnover';

const OK = 1;
const ERROR = 2;

/** The root transaction of a spin, from the press to the reply. */
export interface SpinTrace {
  /** Null if the spin is not recorded, because only a share of the spins is. */
  readonly id: string | null;
  /** Runs `ask`; requests that it sends belong to the spin, later ones do not. */
  during<T>(ask: () => T): T;
  answered(reply: SpinResult): void;
  failed(error: unknown): void;
}

/** Begins the trace that the services continue. */
@Injectable({ providedIn: 'root' })
export class SpinTraces {
  private readonly turnover = new Turnover();

  begin(stake: number, currency: string): SpinTrace {
    const root = beginRoot({
      name: SPIN,
      attributes: { currency, stake: majorUnits(stake, currency) },
    });
    return {
      id: recordedId(root),
      during: (ask) => within(root, ask),
      answered: (reply) => this.answered(root, reply),
      failed: (error) => {
        root.setStatus({ code: ERROR, message: statusOf(error) });
        if (error instanceof ApiProblem) {
          root.setAttribute('problem.code', error.code);
          if (error.body.round_id) root.setAttribute('round.id', error.body.round_id);
        } else {
          // The services do not know this error: the reply was lost, or the page has a defect.
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
    // A pending round is won or lost already, and so counts. A repeated reply was counted before.
    if (reply.status !== 'voided' && !reply.replayed) {
      const figures = Object.entries(this.turnover.add(reply));
      withActiveSpan(root, () => {
        for (const [name, value] of figures) {
          const unit = name.startsWith('rtp') ? 'percent' : 'none';
          setMeasurement(name, value, unit, root);
          root.setAttribute(name, value);
        }
      });
    }
    root.end();
  }
}

/** Sentry's status for the failure of a spin. */
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
