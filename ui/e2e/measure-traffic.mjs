/*
 * Measures the window beside virtual players, with all problems on, and prints the figures with what they must reach:
 *
 *   alone        nobody else spins
 *   budget       100 players within half of the processor, for MINUTES
 *   lifted       the same players without the budget: the collapse of a look-up that reads every player
 *   index fixed  still without the budget, as soon as the index is there
 *   all fixed    the other three fixes as well
 *
 * In each: frames of the reels and the delay of a key, the wait of the person at the window, what the players got, and
 * the memory of the program. While players spin: frames of the pages that follow them, with and without what they draw,
 * which are the heat strip, the line of P95 and the dots of the map. The ledger is verified when the window is closed. scripts/measure-traffic.sh runs it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { at, figures, inPage, late, mean, spinningReels, tell, tellReels } from './measuring.mjs';
import { BINARY, openWindow, ownPlace, programsOf, until } from './real-window.mjs';

const MINUTES = Number(process.env.MINUTES ?? 2);
const PLAYERS = 100;
const BUDGET = 50;
/** Number of the person's spins in each part. */
const SPINS = 5;
const KEYS = 40;
/** Duration of each part but the one with the budget, in milliseconds. */
const SETTLE_MS = 45_000;
const PATIENCE_MS = 180_000;
/** Number of frames for each figure about what a page draws. */
const FRAMES = 300;
/** What pages draw of the virtual players' spins. */
const DRAWN = 'rs-heat-strip, rs-p95-line, [data-test="map-dots"]';
/**
 * Limit of the calibration and the first writing of the players, in milliseconds; both take half a minute on a slow
 * machine.
 */
const SEEDED_MS = 120_000;

test('the window beside its players', { timeout: (MINUTES + 20) * 60_000 }, async (t) => {
  const place = Object.assign(ownPlace(t), { asStarted: true, calibrated: true });
  const page = await openWindow(place);
  await page.driver.manage().setTimeouts({ script: PATIENCE_MS });
  await page.ready();
  await until(
    'the players to be there',
    async () => (await page.asked('/api/faults')).ready,
    SEEDED_MS,
  );
  const [pid] = programsOf(place);
  const part = async (name) => {
    await person(page, name);
    tell(`${name}: memory of the program`, residentMegabytes(pid), 'MB');
  };
  const players = (running, budget_percent) =>
    page.asked('/api/traffic', {
      method: 'PUT',
      body: { running, players: PLAYERS, budget_percent },
    });
  const traffic = () => page.asked('/api/traffic');
  const fix = (id) => page.asked(`/api/faults/${id}`, { method: 'PUT', body: { state: 'fixed' } });

  await part('alone');

  await players(true, BUDGET);
  const seconds = [];
  while (seconds.length < MINUTES * 60) {
    await pause(1_000);
    seconds.push({ ...(await traffic()), megabytes: residentMegabytes(pid) });
  }
  const cpu = seconds.map((each) => each.cpu_percent);
  tell(`budget: processor over ${MINUTES} min, mean of all cores`, mean(cpu), '%', BUDGET);
  tell('budget: processor, P95 of its seconds', at(cpu, 95), '%');
  tell('budget: memory, most', Math.max(...seconds.map((each) => each.megabytes)), 'MB');
  tellPlayers('budget', seconds.at(-1));
  await part('budget');
  await drawing(page, 'budget');

  await players(true, null);
  await pause(SETTLE_MS);
  tellPlayers('lifted', await traffic());
  await part('lifted');

  const begun = Date.now();
  await fix('missing-index');
  await slowly(
    'the index to be there',
    async () => (await state(page, 'missing-index')) === 'fixed',
  );
  tell('index fixed: made under load in', (Date.now() - begun) / 1000, 's');
  await slowly('the players to be served again', async () => (await traffic()).p95_ms < 8_000);
  tell(
    'index fixed: until the P95 of the last seconds is below 8 s',
    (Date.now() - begun) / 1000,
    's',
  );
  await pause(SETTLE_MS);
  tellPlayers('index fixed', await traffic());
  await part('index fixed');

  for (const id of (await page.problems()).filter((each) => each !== 'missing-index'))
    await fix(id);
  await pause(SETTLE_MS);
  tellPlayers('all fixed', await traffic());
  await part('all fixed');
  await drawing(page, 'all fixed');

  await players(false, BUDGET);
  await page.driver.quit();
  await until('the program to be gone', () => programsOf(place).length === 0);
  const ledger = spawnSync(
    join(dirname(BINARY), 'reelscope'),
    ['ledger', 'verify', '--data-dir', place.dataDir, '--json'],
    { env: place.env, encoding: 'utf8' },
  );
  process.stdout.write(`${ledger.stdout}${ledger.stderr}`);
  console.table(figures);
  assert.equal(ledger.status, 0, 'the ledger is balanced');
});

/** Polls once a second, because requests would disturb the measurement. */
async function slowly(what, ask) {
  for (const deadline = Date.now() + PATIENCE_MS; !(await ask()); await pause(1_000))
    assert.ok(Date.now() < deadline, `waited ${PATIENCE_MS} ms for ${what}`);
}

async function state(page, id) {
  return (await page.asked('/api/faults')).faults.find((each) => each.id === id).state;
}

function tellPlayers(name, { spins, failed, per_second, p95_ms }) {
  tell(`${name}: players' spins so far`, spins, '');
  tell(`${name}: of them ended in an error`, failed, '');
  tell(`${name}: spins a second, last seconds`, per_second, '');
  tell(`${name}: what players waited, P95 of the last seconds`, p95_ms ?? Number.NaN, 'ms');
}

/** Measures what the person at the window gets: frames, keys and spins. */
async function person(page, name) {
  await page.driver.executeScript(`
    window.delays = [];
    window.delayOf ??= addEventListener('keydown', ({ timeStamp }) => delays.push(performance.now() - timeStamp), true) ?? true;
  `);
  await page.click('nav-traces');
  for (let key = 0; key < KEYS; key += 1) {
    await page.press(key % 2 === 0 ? 'j' : 'k');
    await pause(50);
  }
  const delays = await page.driver.executeScript('return delays');
  tell(`${name}: delay of a key, P95`, at(delays, 95), 'ms', 50);
  await page.click('nav-machine');
  const waits = [];
  const frames = [];
  for (let spin = 0; spin < SPINS; spin += 1) {
    const begun = Date.now();
    frames.push(...(await inPage(page, spinningReels(1))));
    waits.push(Date.now() - begun);
  }
  tellReels(name, 'while they spin', frames);
  tell(`${name}: own spin until the reels stand, median of ${SPINS}`, at(waits, 50), 'ms');
  tell(`${name}: own spin, worst`, at(waits, 100), 'ms');
}

/** Measures frames of the pages that follow the players while nobody uses them. */
async function drawing(page, name) {
  for (const path of ['/', '/map', '/business']) {
    for (const isDrawn of [true, false]) {
      const frames = await inPage(
        page,
        `await open('${path}');
         const drawn = [...document.querySelectorAll('${DRAWN}')];
         if (!${isDrawn}) for (const each of drawn) each.style.display = 'none';
         const frames = await watchFrames(${FRAMES}, () => {});
         for (const each of drawn) each.style.display = '';
         return frames;`,
      );
      const what = `${name}: ${path} ${isDrawn ? 'as it is' : 'without what it draws'}`;
      tell(`${what}, frames late of ${frames.length}`, late(frames), '');
      tell(
        `${what}, P95 of script, layout and drawing`,
        at(
          frames.map(({ work }) => work),
          95,
        ),
        'ms',
      );
    }
  }
}

/** Resident memory of a process, in megabytes. */
function residentMegabytes(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1_000;
}
