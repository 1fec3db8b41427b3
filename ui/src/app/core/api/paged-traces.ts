import { Gateway } from './gateway';
import { TraceQuery } from './parts';
import { TraceSummary } from './schema';

type Page = Awaited<ReturnType<Gateway['traces']>>;

/** Reads the traces of the collector page by page; what the stream tells meanwhile is newer than any page. */
export class PagedTraces {
  /** What was told since the reading under way began; it stands for that reading too. */
  private told: Map<string, TraceSummary> | null = null;

  /** Of what is told meanwhile the last `most` stay. */
  constructor(
    private readonly gateway: Gateway,
    private readonly most: number,
  ) {}

  /**
   * Hands over each page, newest traces first, until `take` says that it is enough. False where a later reading, or `end`,
   * has overtaken this one. Rejects where the gateway does not answer.
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
