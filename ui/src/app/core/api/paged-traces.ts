import { Gateway } from './gateway';
import { TraceQuery } from './parts';
import { TraceSummary } from './schema';

type Page = Awaited<ReturnType<Gateway['traces']>>;

/** Reads the traces of the collector page by page. Traces from the stream are newer than those of any page. */
export class PagedTraces {
  /** Traces from the stream since the current reading began; the object also identifies that reading. */
  private told: Map<string, TraceSummary> | null = null;

  /** The newest `most` traces from the stream are kept. */
  constructor(
    private readonly gateway: Gateway,
    private readonly most: number,
  ) {}

  /**
   * Calls `take` with each page, newest traces first, until it returns false. Resolves to false if a later reading, or
   * `end`, has replaced this one. Rejects if the gateway does not reply.
   */
  async read(
    query: TraceQuery,
    take: (page: Page, told: ReadonlyMap<string, TraceSummary>) => boolean,
  ): Promise<boolean> {
    const told = (this.told = new Map<string, TraceSummary>());
    const isCurrent = (): boolean => this.told === told;
    try {
      for (let cursor: Page['next']; ;) {
        const page = await this.gateway.traces(cursor ? { ...query, cursor } : query);
        if (!isCurrent()) return false;
        if (!take(page, told) || page.next === undefined) break;
        cursor = page.next;
      }
    } catch (error) {
      if (!isCurrent()) return false;
      this.told = null;
      throw error;
    }
    this.told = null;
    return true;
  }

  tell(trace: TraceSummary): void {
    if (!this.told) return;
    this.told.delete(trace.trace_id);
    this.told.set(trace.trace_id, trace);
    const [oldest] = this.told.keys();
    if (this.told.size > this.most && oldest !== undefined) this.told.delete(oldest);
  }

  end(): void {
    this.told = null;
  }
}
