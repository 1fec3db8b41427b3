/*
 * Moves the source maps of a build out of the folder that is served and embedded. They are for whoever reads stack
 * traces, not for every visitor of the page; README says how they get to Sentry.
 */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SERVED = 'dist/browser';
const KEPT = 'dist/sourcemaps';

rmSync(KEPT, { recursive: true, force: true });
mkdirSync(KEPT, { recursive: true });
const maps = readdirSync(SERVED).filter((name) => name.endsWith('.map'));
for (const name of maps) renameSync(join(SERVED, name), join(KEPT, name));
console.log(`${maps.length} source maps kept in ${KEPT}`);
