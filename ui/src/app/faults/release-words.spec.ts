import { FaultBoard, FaultState, FaultView } from '../core/api/schema';
import { changesOf } from './release-words';

function problem(id: FaultView['id'], state: FaultState): FaultView {
  return {
    id,
    group: 'story',
    service: 'game-engine',
    how: 'switch',
    fixable: true,
    fired: 0,
    state,
    switching: null,
    ends_in_ms: null,
    switched_at: 1,
    switched_ms_ago: 0,
    observed: null,
  };
}

describe('what was changed in a release', () => {
  const check = (release: string, expected: object, ...faults: FaultView[]): void => {
    const board: FaultBoard = {
      release,
      releases: [
        { version: '1.0.0', faults: ['slow-rng', 'slow-provider'] },
        { version: '1.2.0', faults: [] },
      ],
      faults,
      armed_failures: 0,
      ready: true,
    };
    expect(changesOf(board)).toEqual(expected);
  };
  const fixed = [problem('slow-rng', 'fixed'), problem('slow-provider', 'fixed')];

  it('is what was fixed by hand, and what was brought back', () => {
    check('1.0.0', { fixes: 2, problems: 0 }, ...fixed);
    check('1.2.0', { fixes: 0, problems: 0 }, ...fixed);
    check('1.2.0', { fixes: 0, problems: 1 }, problem('slow-rng', 'on'));
  });

  it('is nothing before the demo, beside the story, and in a release of the environment', () => {
    check('1.0.0', { fixes: 0, problems: 0 }, problem('slow-rng', 'off'));
    check('1.2.0', { fixes: 0, problems: 0 }, { ...problem('slow-report', 'on'), group: 'extra' });
    check('acme-7', { fixes: 0, problems: 0 }, problem('slow-rng', 'on'), ...fixed);
  });
});
