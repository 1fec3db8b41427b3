/*
 * Moves the source maps of a build out of the served and embedded directory, complete, for Sentry (docs/telemetry.md).
 * The maps that stay beside the scripts contain positions and no sources; with them the page makes stacks of errors
 * readable before it reports them (src/app/core/telemetry/readable-stack.ts).
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SERVED = 'dist/browser';
const KEPT = 'dist/sourcemaps';

rmSync(KEPT, { recursive: true, force: true });
mkdirSync(KEPT, { recursive: true });
const maps = readdirSync(SERVED).filter((name) => name.endsWith('.map'));
for (const name of maps) {
  const kept = join(KEPT, name);
  renameSync(join(SERVED, name), kept);
  const map = JSON.parse(readFileSync(kept, 'utf8'));
  const { version, names, mappings } = map;
  const sources = map.sources.map(shown);
  writeFileSync(kept, JSON.stringify({ ...map, sources }));
  writeFileSync(join(SERVED, name), JSON.stringify({ version, sources, names, mappings }));
}
console.log(`${maps.length} source maps kept in ${KEPT}, and their places beside the scripts`);

/** Paths relative to the root of the page's sources; Angular's own maps contain the directory of its build machine. */
function shown(source) {
  return source
    .replace(/^(\.\.\/)+/, '')
    .replace(/^.*-fastbuild-[^/]*\/bin\/packages\//, '@angular/');
}
