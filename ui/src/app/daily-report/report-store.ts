import { Injectable, computed, inject, signal } from '@angular/core';

import { ApiProblem } from '../core/api/api-problem';
import { Coalesced } from '../core/api/coalesced';
import { Gateway } from '../core/api/gateway';
import { ReportGateway } from '../core/api/report-gateway';
import { DailyReport } from '../core/api/schema';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { Reading, Source, readingOf } from './reading';
import { ReportTraces } from './report-trace';

/** A report, and how its question was answered. */
export interface Answer extends DailyReport {
  /** The day that was asked for, which is that of the report unless the clocks differ. */
  readonly asked: string;
  readonly tookMs: number;
  readonly answeredAt: string;
}

/** How a report was made, and how long its answer took. */
export interface Measured extends Reading {
  readonly tookMs: number;
}

/** The report of a day, asked for by one request at a time, and how the reports of this page were made. */
@Injectable({ providedIn: 'root' })
export class ReportStore {
  private readonly gateway = inject(Gateway);
  private readonly reports = inject(ReportGateway);
  private readonly traces = inject(ReportTraces);
  private readonly stream = inject(TelemetryStream);
  private readonly _answer = signal<Answer | null>(null);
  private readonly _error = signal<unknown>(null);
  private readonly _cancelled = signal(false);
  private readonly _measured = signal<ReadonlyMap<Source, Measured>>(new Map());
  private readonly asking = signal<AbortController | null>(null);
  /** Duration of the answers whose traces have not been read yet, by trace. */
  private readonly awaited = new Map<string, number>();
  private readonly again = new Coalesced(() => this.readTraces());

  readonly answer = this._answer.asReadonly();
  /** The error of the last request, or null; with an error the answer is old. */
  readonly error = this._error.asReadonly();
  /** Whether a person has cancelled the last request. */
  readonly cancelled = this._cancelled.asReadonly();
  /** The last report from each source. */
  readonly measured = this._measured.asReadonly();
  readonly busy = computed(() => this.asking() !== null);

  /** Reads the traces of the reports from now on; the returned function ends that, and a request that is pending. */
  watch(): () => void {
    const ends = [
      this.stream.on('trace', ({ trace_id }) => {
        if (this.awaited.has(trace_id)) this.again.ask();
      }),
      this.stream.afterGap(this.again),
    ];
    return () => {
      for (const end of ends) end();
      this.again.drop();
      this.awaited.clear();
      this.stop();
    };
  }

  /** Asks for the report of a day, in place of a report that is being asked for. */
  async load(day: string): Promise<void> {
    this.stop();
    const asking = new AbortController();
    this.asking.set(asking);
    this._cancelled.set(false);
    this._error.set(null);
    const trace = this.traces.begin();
    const began = performance.now();
    let report: DailyReport | null = null;
    try {
      report = await trace.during(() => this.reports.dailyReport(day, asking.signal));
    } catch (error) {
      if (this.asking() === asking) this._error.set(error);
    }
    if (this.asking() !== asking) {
      trace.end('cancelled');
      return;
    }
    trace.end(report === null ? 'unavailable' : 'ok');
    this.asking.set(null);
    if (report === null) return;
    const tookMs = performance.now() - began;
    this._answer.set({ ...report, asked: day, tookMs, answeredAt: new Date().toISOString() });
    if (trace.id === null) return;
    this.awaited.set(trace.id, tookMs);
    this.again.ask();
  }

  cancel(): void {
    if (this.stop()) this._cancelled.set(true);
  }

  private stop(): boolean {
    const asking = this.asking();
    this.asking.set(null);
    asking?.abort();
    return asking !== null;
  }

  /** Reads the awaited traces; false if one has to be asked for again. Their parts arrive one after another. */
  private async readTraces(): Promise<boolean> {
    let isAnswered = true;
    for (const [id, tookMs] of this.awaited) {
      try {
        const reading = readingOf(await this.gateway.trace(id));
        // Another part is missing, which will be told of.
        if (!reading || !this.awaited.delete(id)) continue;
        this._measured.update((all) => new Map(all).set(reading.source, { ...reading, tookMs }));
      } catch (error) {
        // A trace that is not there yet is told of, too.
        isAnswered &&= error instanceof ApiProblem;
      }
    }
    return isAnswered;
  }
}
