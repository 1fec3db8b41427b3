import fc from 'fast-check';

import { micros } from '../core/api/micros';
import { Span } from '../core/api/schema';
import { TraceTree, buildTree } from '../traces/tree/tree';

/** A span for specs; times are in microseconds. */
export function spanOf(
  id: string,
  parent: string | null,
  start: number,
  end: number,
  more: Partial<Span> = {},
): Span {
  return {
    span_id: id,
    ...(parent === null ? {} : { parent_span_id: parent }),
    transaction: false,
    service: 'game-engine',
    op: 'work',
    description: id,
    start_us: micros(start),
    end_us: micros(end),
    status: 'ok',
    data: {},
    tags: {},
    measurements: {},
    seq: 1,
    ...more,
  };
}

export function treeOf(...spans: Span[]): TraceTree {
  return buildTree({ spans, errors: [], logs: [] });
}

const id = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');

/** Spans as any sender may send them: repeated and missing ids, cycles, negative durations, unknown times. */
export const anySpan: fc.Arbitrary<Span> = fc
  .record({
    id,
    parent: fc.option(fc.oneof(id, fc.constant('elsewhere'))),
    start: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 60 }) }, fc.constant(0)),
    length: fc.integer({ min: -5, max: 60 }),
    service: fc.constantFrom('frontend', 'api-gateway', 'payment-service'),
    op: fc.constantFrom('db.query', 'http.client', 'http.server'),
    description: fc.constantFrom('one', 'two'),
    status: fc.constantFrom('ok', 'internal_error'),
  })
  .map(({ id, parent, start, length, service, op, description, status }) =>
    spanOf(id, parent, start, start + length, {
      service,
      op,
      description,
      status,
      oddities: start === 0 ? ['missing_time'] : [],
    }),
  );

export const anyTree: fc.Arbitrary<TraceTree> = fc
  .array(anySpan, { maxLength: 40 })
  .map((spans) => treeOf(...spans));
