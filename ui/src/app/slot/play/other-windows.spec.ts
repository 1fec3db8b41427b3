import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { TraceSummary } from '../../core/api/schema';
import { Session } from '../../core/api/session';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TRACE } from '../../testing/replies';
import { OtherWindows } from './other-windows';
import { Play } from './play';

describe('money that is moved in another window', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is looked at again, once for a spin, and not after the own spins or those of others', () => {
    let tell: (trace: TraceSummary) => void = () => undefined;
    const lookAgain = vi.fn(() => Promise.resolve());
    TestBed.configureTestingModule({
      providers: [
        { provide: Session, useValue: { player: signal({ player_id: 'ann' }) } },
        {
          provide: TelemetryStream,
          useValue: { on: (_: string, listener: typeof tell) => (tell = listener) },
        },
        {
          provide: Play,
          useValue: {
            lookAgain,
            traceId: signal('last'),
            recent: signal([{ traceId: 'earlier' }]),
          },
        },
      ],
    });
    TestBed.inject(OtherWindows);
    const measurements = { stake: { value: 10, unit: 'none' } };
    const spin: TraceSummary = { ...TRACE, player: 'ann', measurements };
    const looksAfter = (...traces: readonly TraceSummary[]): number => {
      lookAgain.mockClear();
      traces.forEach((trace) => tell(trace));
      vi.advanceTimersByTime(1_000);
      return lookAgain.mock.calls.length;
    };
    expect(looksAfter(spin, spin, spin)).toBe(1);
    expect(looksAfter({ ...spin, trace_id: 'last' }, { ...spin, trace_id: 'earlier' })).toBe(0);
    expect(looksAfter({ ...spin, player: 'bob' })).toBe(0);
    expect(looksAfter({ ...spin, measurements: {} })).toBe(0);
  });
});
