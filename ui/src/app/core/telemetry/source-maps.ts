import { suppressTracing } from '@sentry/angular';

import { SourceMap } from './readable-stack';

/** Limit of waiting for a map, in milliseconds; the map is on this machine. */
const PATIENCE_MS = 3_000;

const loaded = new Map<string, Promise<SourceMap | undefined>>();

/**
 * Reads the map that the build has placed beside a script of this page; undefined where there is
 * none.
 */
export function sourceMapOf(script: string): Promise<SourceMap | undefined> {
  if (!script.startsWith(`${location.origin}/`)) return Promise.resolve(undefined);
  const known = loaded.get(script);
  if (known) return known;
  // A map that could not be read, because the gateway was away, is requested again at the next
  // error.
  const reading = read(script).catch(() => void loaded.delete(script));
  loaded.set(script, reading as Promise<SourceMap | undefined>);
  return reading as Promise<SourceMap | undefined>;
}

async function read(script: string): Promise<SourceMap | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  // This request does not belong to the trace in which the error happened.
  const reply = await suppressTracing(() => fetch(`${script}.map`, { signal }));
  if (!reply.ok) return undefined;
  const { TraceMap, originalPositionFor } = await import('@jridgewell/trace-mapping');
  const map = new TraceMap(await reply.text());
  return (line, column) => {
    const found = originalPositionFor(map, { line, column: column - 1 });
    const { source, name } = found;
    return source === null ? null : { source, line: found.line, column: found.column + 1, name };
  };
}
