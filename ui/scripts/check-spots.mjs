// Every place that a script of the presenter may point at is on a page; `npm run lint` checks the templates.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const { Spot } = JSON.parse(readFileSync('openapi.json', 'utf8')).components.schemas;
const spots = Spot.oneOf.flatMap((each) => each.enum ?? Object.keys(each.properties));

const texts = readdirSync('src', { recursive: true })
  .filter((file) => /\.(html|ts)$/.test(file) && !/\.spec\.ts$/.test(file))
  .map((file) => readFileSync(join('src', file), 'utf8'));
// A spot stands in an attribute, in a binding, or in the host of a component.
const places = texts.flatMap((text) => [
  ...text.matchAll(/data-spot\]?'?[=:]\s*("[^"]*"|'[^']*')/g),
]);
const placed = places.map(([, value]) => value).join('\n');

const missing = spots.filter((spot) => !new RegExp(`(?<![\\w])${spot}(?![\\w])`).test(placed));
for (const spot of missing) console.error(`No element has the spot ${spot} in its data-spot`);
process.exit(missing.length > 0 ? 1 : 0);
