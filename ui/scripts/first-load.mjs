/*
 * Prints the size of the scripts that the browser must read before the first screen: those that the page names, and the
 * largest phrases of that screen. Above the limit the build fails.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SERVED = 'dist/browser';
const MAPS = 'dist/sourcemaps';
const LIMIT_KB = 450;

const sizeOf = (script) => statSync(join(SERVED, script)).size;
const page = readFileSync(join(SERVED, 'index.html'), 'utf8');
const named = [...page.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, script]) => script);
const pageSize = [...new Set(named)].reduce((sum, script) => sum + sizeOf(script), 0);

/** The chunk of a language's first screen is the one whose map names that file. */
const languages = readdirSync(MAPS).flatMap((map) => {
  const { sources } = JSON.parse(readFileSync(join(MAPS, map), 'utf8'));
  const [, code] = /i18n\/languages\/([^/]+)\/first-screen\.ts/.exec(sources.join('\n')) ?? [];
  return code ? [{ code, size: sizeOf(map.replace(/\.map$/, '')) }] : [];
});
if (languages.length === 0) throw new Error('no language has a chunk of its own');

const kb = (bytes) => (bytes / 1000).toFixed(1);
const most = languages.reduce((one, other) => (other.size > one.size ? other : one));
const total = pageSize + most.size;
console.log(
  `scripts before the first screen: ${kb(total)} kB of at most ${LIMIT_KB} (page ${kb(pageSize)}; ${languages
    .map(({ code, size }) => `${code} ${kb(size)}`)
    .join(', ')})`,
);
if (total > LIMIT_KB * 1000) process.exit(1);
