/* The phrases against their uses: every code of a server has a phrase, and every phrase is used. Needs no window. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { LANGUAGES, phrases } from './languages.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORDS = 'ui/src/app/core/i18n/languages';

const read = (path) => readFileSync(join(ROOT, path), 'utf8');

function filesBelow(path, ending) {
  return readdirSync(join(ROOT, path), { recursive: true })
    .filter((name) => ending.test(name))
    .map((name) => `${path}/${name}`);
}

const all = (text, expression) => [...text.matchAll(expression)].map(([, found]) => found);

/** Codes of the servers that reach the page, by the group of their phrases. */
const codes = {
  notice: filesBelow('services/collector/src', /\.rs$/).flatMap((path) =>
    all(read(path), /\bnotice\(\s*"(\w+)"/g),
  ),
  reason: all(read('services/collector/src/log/state.rs'), /Self::\w+ => "(\w+)"/g),
  outcome: all(read('services/collector/src/delivery/sender.rs'), /^\s*"(\w+)" => /gm),
  problem: all(
    read('services/contracts/src/api_problem.rs'),
    /Self::\w+ => \("(\w+)", \d+/g,
  ).filter(
    // Only programs that send telemetry can get these codes.
    (code) =>
      !['envelope_malformed', 'dsn_required', 'dsn_rejected', 'method_not_allowed'].includes(code),
  ),
};

test('every code that a server may send has its phrase', () => {
  const known = phrases('en');
  for (const [group, found] of Object.entries(codes)) {
    assert.ok(found.length > 5, `the ${group} codes are where they are looked for`);
    const missing = found.filter((code) => {
      if (group === 'problem')
        // The texts of these codes depend on the error in the DSN.
        return (
          code !== 'dsn_invalid' &&
          !(known.has(`problem.${code}.what`) && known.has(`problem.${code}.todo`))
        );
      return !known.has(`${group}.${code}`);
    });
    assert.deepEqual([group, missing], [group, []]);
  }
});

test('every phrase is said somewhere', () => {
  const source = filesBelow('ui/src/app', /\.(ts|html)$/)
    .filter((path) => !path.startsWith(WORDS) && !path.endsWith('.spec.ts'))
    .map(read)
    .join('\n');
  // A key is written in full, or begins like a template, or is the end of one whose prefix is an argument.
  const begun = new Set(all(source, /`([\w.-]+\.)\$\{/g));
  const written = new Set(all(source, /['"`]([a-z][\w-]*(?:\.[\w-]+)*)['"`]/gi));
  const isSaid = (key) => {
    const parts = key.split('.');
    const group = parts.slice(0, -1).join('.');
    // Forms of a count belong to the key above them.
    if (
      written.has(key) ||
      (/^(zero|one|two|few|many|other)$/.test(parts.at(-1)) && written.has(group))
    )
      return true;
    return parts.some((_, end) => end > 0 && begun.has(`${parts.slice(0, end).join('.')}.`));
  };
  assert.deepEqual(
    [...phrases('en').keys()].filter((key) => !isSaid(key)),
    [],
  );
});

test('no phrase names a release or a limit that the program may have otherwise', () => {
  for (const language of LANGUAGES)
    for (const [key, text] of phrases(language))
      assert.doesNotMatch(`${key}: ${text}`, /\b\d+\.\d+\.\d+\b(?!\.)|3[.,]29/);
});

test('page and services have the same limits', () => {
  const one = (path, expression) => {
    const [found, ...others] = all(read(path), expression);
    assert.ok(found !== undefined && others.length === 0, `${expression} is once in ${path}`);
    return Number(found.replaceAll('_', ''));
  };
  assert.equal(
    one('ui/src/app/releases/releases.ts', /BEYOND_CHANCE = ([\d.]+);/g),
    one('services/demo/src/releases.rs', /BEYOND_CHANCE: f64 = ([\d.]+);/g),
  );
  assert.equal(
    one('ui/src/app/impact/impact.ts', /LEAST_SPINS = (\d+);/g),
    one('services/demo/src/figures.rs', /LEAST_SPINS: u64 = (\d+);/g),
  );
  assert.equal(
    one('ui/src/app/business/confidence.ts', /Z_95 = ([\d.]+);/g),
    one('services/presenter/src/chance.rs', /Z_95: f64 = ([\d._]+);/g),
  );
  assert.equal(
    one('ui/src/app/business/projection.ts', /LEAST_PROJECTED = (\d+);/g),
    one('services/presenter/src/take_away/hero.rs', /LEAST_PROJECTED: u64 = (\d+);/g),
  );
  assert.equal(
    one('ui/src/app/business/confidence.ts', /WIDEST_JUDGED = ([\d.]+);/g) * 100,
    one('services/presenter/src/chance.rs', /WIDEST_RTP: f64 = ([\d.]+);/g),
  );
  assert.equal(
    one('ui/src/app/impact/impact.ts', /GONE = ([\d_]+);/g),
    one('services/presenter/src/take_away/hero.rs', /GONE: f64 = ([\d._]+);/g),
  );
  // The gateway has answered by then.
  const gateway = one(
    'services/api-gateway/src/upstream.rs',
    /SETTLEMENT: Duration = Duration::from_secs\((\d+)\);/g,
  );
  assert.ok(
    one('ui/src/app/core/api/gateway.ts', /^export const PATIENCE_MS = ([\d_]+);/gm) >
      gateway * 1_000,
  );
});

test('every page is looked at in every language, narrow and wide', () => {
  const [, pages] = /PAGES = \[(.*?)\]/s.exec(read('ui/src/app/core/ui/pages.ts'));
  const rows = all(read('ui/e2e/sizes.test.mjs'), /^ +(\{ name: .*)$/gm);
  const looked = rows.join('\n');
  for (const page of all(pages, /'([\w-]+)'/g).filter((page) => page !== 'machine'))
    assert.match(looked, new RegExp(`go\\(['\`]/${page}\\b`), page);
});

test('the entry of the desktop’s menu is in every language', () => {
  const entry = read('src-tauri/reelscope.desktop');
  for (const language of LANGUAGES.filter((code) => code !== 'en'))
    for (const key of ['Name', 'GenericName', 'Comment', 'Keywords'])
      assert.match(entry, new RegExp(`^${key}\\[${language}\\]=.+`, 'm'));
});
