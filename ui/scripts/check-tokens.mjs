// Every colour and every spacing of the page is a token of src/tokens.css; `npm run lint` checks the sources.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TOKENS = 'src/tokens.css';
/** The symbols of the reels become an image of their own, in which tokens are not available. */
const EXEMPT = [TOKENS, join('src', 'app', 'slot', 'reels', 'symbol-sprite.html')];
const COLOUR = /#(?:[\da-f]{8}|[\da-f]{6}|[\da-f]{3,4})\b|%23[\da-f]{3,8}|\b(?:rgb|hsl|oklch)a?\(/i;
/** In a template `#name` is a reference to an element, so colours are only looked for in quotes. */
const QUOTED = /["':(]\s*#(?:[\da-f]{8}|[\da-f]{6}|[\da-f]{3,4})\b/i;
const SPACING = /^\s*(?:(?:row-|column-)?gap|(?:padding|margin)(?:-[a-z-]+)?):\s*(.*)$/;
/** A computed value may depend on another size. */
const LENGTH = /(?<![\w.(-])-?(?:\d*\.)?\d+rem/;

const tokens = readFileSync(TOKENS, 'utf8');
const known = new Set([...tokens.matchAll(/^\s*(--[\w-]+):/gm)].map(([, name]) => name));

const sources = readdirSync('src', { recursive: true })
  .map((file) => join('src', file))
  .filter((file) => /\.(css|html|ts)$/.test(file) && !/\.spec\.ts$/.test(file))
  .filter((file) => !EXEMPT.includes(file));

const texts = new Map(sources.map((file) => [file, readFileSync(file, 'utf8')]));
const set = [...texts.values()].flatMap((text) => [...text.matchAll(/(--[\w-]+)(?=:|\]|\.px)/g)]);
const own = new Set(set.map(([, name]) => name));
const faults = [];
for (const [file, text] of texts) {
  const isStyle = file.endsWith('.css') || text.includes('styles: `');
  text.split('\n').forEach((line, place) => {
    const fault = (what) => faults.push(`${file}:${place + 1}: ${what}: ${line.trim()}`);
    if ((file.endsWith('.html') ? QUOTED : COLOUR).test(line)) fault('a colour that is no token');
    if (isStyle && LENGTH.test(SPACING.exec(line)?.[1] ?? '')) fault('a spacing that is no token');
    for (const [, name] of line.matchAll(/var\((--[\w-]+)\)/g))
      if (!known.has(name) && !own.has(name)) fault(`${name} is not there`);
  });
}
const used = [...texts.values()].join('\n');
for (const name of known)
  if (
    !used.includes(`var(${name})`) &&
    !name.startsWith('--service-') &&
    !used.includes(`token('${name.slice(2)}')`)
  )
    faults.push(`${TOKENS}: ${name} is used nowhere`);

if (faults.length > 0) {
  process.stderr.write(faults.join('\n') + '\n');
  process.exit(1);
}
