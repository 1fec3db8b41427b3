import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { ApiProblem } from '../../core/api/api-problem';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TraceDetail, TraceSummary } from '../../core/api/schema';
import { StreamDouble } from '../../testing/stream-double';
import { followTrace } from './followed-trace';

const id = signal('a');

@Component({ template: '', changeDetection: ChangeDetectionStrategy.OnPush })
class Page {
  readonly trace = followTrace(id);
}

const detailOf = (trace_id: string, ...envelopes: number[]): TraceDetail =>
  ({ summary: { trace_id }, envelopes }) as unknown as TraceDetail;

describe('a trace that is followed', () => {
  let answers: { resolve: (detail: TraceDetail) => void; reject: (error: unknown) => void }[];
  let stream: StreamDouble;
  let page: Page;
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const shown = (): readonly number[] | undefined => page.trace.detail()?.envelopes;

  beforeEach(async () => {
    id.set('a');
    answers = [];
    stream = new StreamDouble();
    const trace = (): Promise<TraceDetail> =>
      new Promise((resolve, reject) => answers.push({ resolve, reject }));
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: { trace } },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    const fixture = TestBed.createComponent(Page);
    page = fixture.componentInstance;
    await fixture.whenStable();
  });

  it('is as the later answer says, whichever comes last', async () => {
    void page.trace.load();
    answers[1]?.resolve(detailOf('a', 1, 2));
    await settled();
    answers[0]?.resolve(detailOf('a', 1));
    await settled();
    expect([page.trace.state(), shown()]).toEqual(['ready', [1, 2]]);
  });

  it('is shown as soon as there is an answer, though another is under way', async () => {
    void page.trace.load();
    answers[0]?.resolve(detailOf('a', 1));
    await settled();
    expect(shown()).toEqual([1]);
    answers[1]?.reject(new Error('away'));
    await settled();
    expect([page.trace.state(), shown()]).toEqual(['ready', [1]]);
  });

  it('is read again when it grows, once for what comes together', async () => {
    answers[0]?.resolve(detailOf('a', 1));
    await settled();
    const told = (trace_id: string): void =>
      stream.tell('trace', { trace_id } as Partial<TraceSummary> as TraceSummary);
    told('a');
    told('a');
    told('other');
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.resolve(detailOf('a', 1, 2));
    await settled();
    expect(shown()).toEqual([1, 2]);
    expect(answers).toHaveLength(2);
  });

  it('gives way to another that is followed', async () => {
    id.set('b');
    TestBed.tick();
    answers[1]?.resolve(detailOf('b', 7));
    answers[0]?.resolve(detailOf('a', 1));
    await settled();
    expect(shown()).toEqual([7]);
  });

  it('that the collector does not have is said to be unknown', async () => {
    answers[0]?.reject(new ApiProblem({ status: 404, code: 'not_found' }, null));
    await settled();
    expect(page.trace.state()).toBe('unknown');
  });
});
