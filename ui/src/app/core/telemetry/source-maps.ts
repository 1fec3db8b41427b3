import { suppressTracing } from '@sentry/angular';

import { SourceMap } from './readable-stack';

/** A map is on this machine; an error waits no longer for it than this. */
const PATIENCE_MS = 3_000;

const loaded = new Map<string, Promise<SourceMap | undefined>>();

/** Reads the map that the build put beside a script of this page; undefined where there is none. */
export function sourceMapOf(script: string): Promise<SourceMap | undefined> {
  if (!script.startsWith(`${location.origin}/`)) return Promise.resolve(undefined);
  const known = loaded.get(script);
  if (known) return known;
  // One that could not be read, since the gateway was away, is asked for again at the next error.
  const reading = read(script).catch(() => void loaded.delete(script));
  loaded.set(script, reading as Promise<SourceMap | undefined>);
  return reading as Promise<SourceMap | undefined>;
}

async function read(script: string): Promise<SourceMap | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  // What is asked for here is no part of the trace in which the error happened.
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
