import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/gateway';
import { StreamDouble } from '../core/stream-double';
import { TelemetryStream } from '../core/telemetry-stream';
import { TraceDetail } from '../core/telemetry-wire';
import { FollowedSpin } from './followed-spin';
import { Play } from './play';

const detailOf = (spans: number): TraceDetail =>
  ({
    summary: { trace_id: 'a', spans, oddities: [], services: [] },
    spans: [],
    errors: [],
    logs: [],
    envelopes: [],
  }) as unknown as TraceDetail;

describe('the spin that is followed', () => {
  it('is as the later answer says, whichever comes last', async () => {
    const answers: ((detail: TraceDetail) => void)[] = [];
    const stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: { trace: () => new Promise((done) => answers.push(done)) } },
        { provide: TelemetryStream, useValue: stream },
        { provide: Play, useValue: { traceId: signal('a') } },
      ],
    });
    const spin = TestBed.inject(FollowedSpin);
    TestBed.tick();
    stream.tell('missed', null);
    stream.tell('missed', null);
    answers[1]?.(detailOf(9));
    answers[0]?.(detailOf(5));
    await new Promise((resolve) => setTimeout(resolve));
    expect(spin.summary()?.spans).toBe(9);
  });
});
