/** Where a place of a script comes from. Lines and columns are counted from 1. */
export interface Place {
  /** Path from the root of the page's sources. */
  source: string;
  line: number;
  column: number;
  /** What stands there in the source, where the build gave it another name. */
  name: string | null;
}

/** Finds the place in the sources for one in a script; null where the build put it there by itself. */
export type SourceMap = (line: number, column: number) => Place | null;

/** A line of a stack as Sentry's SDK writes it; the innermost comes last. */
export interface StackFrame {
  filename?: string;
  abs_path?: string;
  function?: string;
  lineno?: number;
  colno?: number;
  in_app?: boolean;
}

/** Names that a build makes up are shorter than any of ours. */
const MADE_UP = /^[\w$]{1,3}$/;

/**
 * The same stack in terms of the sources. A function whose name was lost is called what its caller calls it. Frames
 * of scripts without a map stay as they are.
 */
export function readableStack<F extends StackFrame>(
  frames: readonly F[],
  mapOf: (script: string) => SourceMap | undefined,
): F[] {
  const places = frames.map(({ filename, lineno, colno }) =>
    filename && lineno !== undefined && colno !== undefined
      ? mapOf(filename)?.(lineno, colno)
      : null,
  );
  return frames.map((frame, index) => {
    const place = places[index];
    if (!place) return frame;
    const readable = {
      ...frame,
      filename: place.source,
      lineno: place.line,
      colno: place.column,
      in_app: place.source.startsWith('src/'),
    };
    // It named the script. Without it Sentry does not look for a map of what is readable already.
    delete readable.abs_path;
    const called = places[index - 1]?.name;
    if (called && MADE_UP.test(frame.function ?? '')) readable.function = called;
    return readable;
  });
}
