import cases from '../../../../../services/collector/tests/critical-path-cases.json';
import { Span } from '../../core/api/schema';
import { spanOf } from '../../testing/any-spans';
import { sharesOf } from './bottleneck';
import { criticalPath } from './critical-path';
import { buildTree } from './tree';

/** The collector computes the shares of lists and of the map; `services/collector/src/critical_path.rs` reads the same cases. */
describe('the critical path of an opened trace has the shares that the collector tells', () => {
  it.each(cases.map((each) => [each.name, each] as const))('%s', (_, { root, spans, path }) => {
    const tree = buildTree({
      spans: spans.map(({ span_id, start_us, end_us, ...more }) =>
        spanOf(span_id, null, start_us, end_us, more as Partial<Span>),
      ),
      errors: [],
      logs: [],
      summary: { root_span_id: root },
    });
    const shares = sharesOf(criticalPath(tree)).map(({ actor, time }) => [actor, time]);
    expect(shares).toEqual(path);
  });
});
