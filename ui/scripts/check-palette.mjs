// The colours of src/tokens.css that carry a meaning are told apart, and stand out from what they are drawn on; `npm run
// lint` computes both. Contrast: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. Distance: ΔE*ab of CIE 1976.
import { readFileSync } from 'node:fs';

const text = readFileSync('src/tokens.css', 'utf8');
const token = (name) => {
  const value = new RegExp(`^\\s*--${name}: (#[\\da-f]{6});`, 'm').exec(text)?.[1];
  if (!value) throw new Error(`src/tokens.css has no colour --${name}`);
  return value;
};
const known = /STATIONS = \[(.*?)\]/s.exec(
  readFileSync('src/app/core/ui/service-colour.ts', 'utf8'),
)?.[1];
const SERVICES = [...(known ?? '').matchAll(/'([\w-]+)'/g)].map(([, name]) => `service-${name}`);
if (SERVICES.length === 0) throw new Error('service-colour.ts names no service');
const MEANINGS = ['gold', 'warn', 'bad', 'good'];
const GROUNDS = ['glass', 'ink', 'list', 'field', 'head', 'panel', 'raised', 'box'];
const TEXTS = ['text', 'soft', 'dim', 'pending', ...MEANINGS, ...SERVICES];
/** Least distance of a service from the others and from a meaning; two colours at 10 are told apart side by side. */
const APART = 32;
/** Least distance of two meanings, which words and shapes tell apart too. */
const MEANINGS_APART = 27;
/** Least contrast of texts, and of the borders of controls, by WCAG 2.2 AA. */
const [READABLE, VISIBLE] = [4.5, 3];

const linear = (name) =>
  [1, 3, 5].map((at) => {
    const share = parseInt(token(name).slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
const dot = (left, right) => left.reduce((sum, value, at) => sum + value * right[at], 0);
const luminance = (name) => dot(linear(name), [0.2126, 0.7152, 0.0722]);
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}
/** L*, a*, b* for the white point D65. */
function lab(name) {
  const [x, y, z] = [
    [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
    [0.2126729, 0.7151522, 0.072175],
    [0.0193339 / 1.08883, 0.119192 / 1.08883, 0.9503041 / 1.08883],
  ].map((row) => {
    const share = dot(row, linear(name));
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const distance = (one, other) => Math.hypot(...lab(one).map((value, at) => value - lab(other)[at]));

const faults = [];
const atLeast = (least, measured, what) => {
  if (measured < least) faults.push(`${what}: ${measured.toFixed(2)}, below ${least}`);
};
for (const ground of GROUNDS) {
  for (const name of TEXTS)
    atLeast(READABLE, contrast(name, ground), `contrast of --${name} on --${ground}`);
  atLeast(VISIBLE, contrast('edge', ground), `contrast of --edge on --${ground}`);
}
for (const [at, one] of [...SERVICES, ...MEANINGS].entries())
  for (const other of [...SERVICES, ...MEANINGS].slice(at + 1)) {
    const least = MEANINGS.includes(one) && MEANINGS.includes(other) ? MEANINGS_APART : APART;
    atLeast(least, distance(one, other), `distance of --${one} and --${other}`);
  }

if (faults.length > 0) {
  process.stderr.write(faults.join('\n') + '\n');
  process.exit(1);
}
