import { Place, SourceMap, StackFrame, readableStack } from './readable-stack';

const SCRIPT = 'http://127.0.0.1:4200/main-ABC.js';

/** A map of single positions: column in the script, whose line is 1, to position in the sources. */
function mapped(places: Record<number, Partial<Place>>): (script: string) => SourceMap | undefined {
  const map: SourceMap = (line, column) => {
    const place = line === 1 ? places[column] : undefined;
    return place ? { source: 'src/app/a.ts', line: 1, column: 1, name: null, ...place } : null;
  };
  return (script) => (script === SCRIPT ? map : undefined);
}

const frame = (colno: number, more: Partial<StackFrame> = {}): StackFrame => ({
  filename: SCRIPT,
  abs_path: SCRIPT,
  function: 'a',
  lineno: 1,
  colno,
  in_app: true,
  ...more,
});

describe('a readable stack', () => {
  it('names file, line and column of the source, and not the script', () => {
    const [read] = readableStack(
      [frame(7)],
      mapped({ 7: { source: 'src/app/slot/play.ts', line: 12, column: 5 } }),
    );
    expect(read).toEqual({
      filename: 'src/app/slot/play.ts',
      function: 'a',
      lineno: 12,
      colno: 5,
      in_app: true,
    });
  });

  it('calls a function what its caller calls it, where the build took its name', () => {
    const maps = mapped({ 1: { name: 'spin' }, 2: { name: 'other' }, 3: {} });
    const named = (name: string): (string | undefined)[] =>
      readableStack([frame(1), frame(2, { function: name })], maps).map((f) => f.function);
    expect(named('xt')).toEqual(['a', 'spin']);
    expect(named('askFor')).toEqual(['a', 'askFor']);
    expect(readableStack([frame(3), frame(2)], maps)[1]?.function).toBe('a');
  });

  it('tells our code from that of libraries', () => {
    const maps = mapped({ 1: { source: 'node_modules/rxjs/x.ts' }, 2: { source: 'src/main.ts' } });
    expect(readableStack([frame(1), frame(2)], maps).map((f) => f.in_app)).toEqual([false, true]);
  });

  it('leaves what has no map as it is, and changes no frame in place', () => {
    const foreign = frame(1, { filename: 'http://127.0.0.1:4200/other.js' });
    const native: StackFrame = { function: 'forEach' };
    const unmapped = frame(99);
    const given = Object.freeze(frame(1)) as StackFrame;
    const read = readableStack([foreign, native, unmapped, given], mapped({ 1: { line: 3 } }));
    expect(read.slice(0, 3)).toEqual([foreign, native, unmapped]);
    expect(read[3]?.lineno).toBe(3);
  });
});
