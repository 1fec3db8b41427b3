/*
 * Moves the source maps of a build out of the folder that is served and embedded: whole, for Sentry; docs/telemetry.md says how
 * they get there. What stays beside each script names places only and holds no source: with it the page makes the
 * stack of an error readable before it is reported (src/app/core/telemetry/readable-stack.ts).
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

/** From the root of the page's sources. Angular's own maps name the directory of its build machine. */
function shown(source) {
  return source
    .replace(/^(\.\.\/)+/, '')
    .replace(/^.*-fastbuild-[^/]*\/bin\/packages\//, '@angular/');
}
