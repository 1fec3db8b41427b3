/** A position in the sources. Lines and columns count from 1. */
export interface Place {
  /** Path relative to the root of the page's sources. */
  source: string;
  line: number;
  column: number;
  /** The original name, where the build has changed it. */
  name: string | null;
}

/**
 * Finds the position in the sources for one in a script; null for code that the build has added.
 */
export type SourceMap = (line: number, column: number) => Place | null;

/** A frame of a stack in the format of Sentry's SDK; the innermost is last. */
export interface StackFrame {
  filename?: string;
  abs_path?: string;
  function?: string;
  lineno?: number;
  colno?: number;
  in_app?: boolean;
}

/** Names that a build invents are shorter than all of ours. */
const MADE_UP = /^[\w$]{1,3}$/;

/**
 * Translates a stack to the sources. A function whose name is lost gets the name that its caller
 * uses. Frames of scripts without a map stay as they are.
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
    // It names the script. Without it Sentry does not look for a map of a stack that is readable
    // already.
    delete readable.abs_path;
    const called = places[index - 1]?.name;
    if (called && MADE_UP.test(frame.function ?? '')) readable.function = called;
    return readable;
  });
}
