/*
 * Measures the desktop program as a person meets it, on a screen of its own:
 *
 *   first paint   from exec until our mark or our machine is on the screen
 *   spinnable     from exec until SPIN is on the screen (the page shows it when it can be pressed)
 *   idle          processor time of the program and its web processes over 20 s with the reels at rest
 *
 * The first start begins with an empty data directory and 100,000 players to create; the warm starts find all that.
 * The screen is read from Xvfb's own memory, so that no driver slows the start down. scripts/measure-start.sh runs it.
 */
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

const BINARY = process.env.REELSCOPE_DESKTOP;
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const [WIDTH, HEIGHT] = [1280, 800];
const IDLE_S = 20;
const PATIENCE_MS = 60_000;
/** Kernel clock ticks per second, the unit of processor time in /proc; equal on every Linux that runs Reelscope. */
const TICKS = 100;

const root = mkdtempSync(join(tmpdir(), 'reelscope-measure-'));
const screen = await openScreen();
const table = [];
try {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const home = join(root, `home-${round}`);
    mkdirSync(home);
    table.push(await measure('first', home));
    // The database is complete now, so the next start is a warm one.
    table.push(await measure('warm', home, { idle: true }));
  }
} finally {
  screen.process.kill();
  rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
console.log(`${BINARY}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
console.table(table);

async function measure(start, home, { idle = false } = {}) {
  const begun = performance.now();
  const since = () => Math.round(performance.now() - begun);
  const program = spawn(BINARY, ['--data-dir', join(home, 'data')], {
    env: {
      ...process.env,
      DISPLAY: screen.display,
      HOME: home,
      XDG_DATA_HOME: join(home, 'share'),
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_CACHE_HOME: join(home, 'cache'),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise((resolve) => program.once('exit', resolve));
  const row = { start };
  try {
    await until('the first paint', () => screen.gold() > 20);
    row['first paint, ms'] = since();
    // SPIN is the only element that is both golden and large.
    await until('SPIN', () => screen.gold() > 3_000);
    row['spinnable, ms'] = since();
    await until('the players', calm(program.pid));
    row['seeded and calm, ms'] = since();
    if (idle) {
      const [cpuBefore, from] = [cpuSeconds(program.pid), performance.now()];
      await pause(IDLE_S * 1000);
      const cpu = cpuSeconds(program.pid) - cpuBefore;
      row['idle, % of a core'] = ((cpu / ((performance.now() - from) / 1000)) * 100).toFixed(2);
    }
  } finally {
    const asked = performance.now();
    program.kill('SIGTERM');
    await gone;
    row['closed within, ms'] = Math.round(performance.now() - asked);
  }
  await until('an empty screen', () => screen.gold() === 0);
  return row;
}

/** Returns a condition: the program has used less than 2 % of a core during one second. */
function calm(pid) {
  let last = { at: -Infinity, seconds: NaN };
  return () => {
    const at = performance.now();
    if (at - last.at < 1000) return false;
    const seconds = cpuSeconds(pid);
    const share = (seconds - last.seconds) / ((at - last.at) / 1000);
    last = { at, seconds };
    return share < 0.02;
  };
}

/** Processor time that a process and all its descendants have used so far. */
function cpuSeconds(pid) {
  const processes = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name of a process, in brackets, may contain brackets and spaces.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      const [parent, user, system] = [1, 11, 12].map((index) => Number(fields[index]));
      processes.set(Number(name), { parent, ticks: user + system });
    } catch {
      // The process has ended meanwhile.
    }
  }
  const belongs = (id) => id === pid || (processes.has(id) && belongs(processes.get(id).parent));
  let ticks = 0;
  for (const [id, process] of processes) if (belongs(id)) ticks += process.ticks;
  return ticks / TICKS;
}

/** A screen whose pixels are in a file: an XWD image with 4 bytes per pixel, blue first. */
async function openScreen() {
  const xvfb = spawn(
    'Xvfb',
    [
      '-displayfd',
      '3',
      '-screen',
      '0',
      `${WIDTH}x${HEIGHT}x24`,
      '-fbdir',
      root,
      '-nolisten',
      'tcp',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const display = await new Promise((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.stdio[3].once('data', (text) => resolve(`:${String(text).trim()}`));
  });
  const file = openSync(join(root, 'Xvfb_screen0'), 'r');
  const header = Buffer.alloc(100);
  readSync(file, header, 0, 100, 0);
  const [headerSize, lineSize, colours] = [0, 48, 76].map((offset) => header.readUInt32BE(offset));
  const pixels = Buffer.alloc(lineSize * HEIGHT);
  return {
    process: xvfb,
    display,
    /** Number of pixels, in every second row and column, with the gold of the mark and of SPIN. */
    gold() {
      readSync(file, pixels, 0, pixels.length, headerSize + colours * 12);
      let count = 0;
      for (let y = 0; y < HEIGHT; y += 2) {
        for (let x = 0; x < WIDTH; x += 2) {
          const at = y * lineSize + x * 4;
          const [blue, green, red] = [pixels[at], pixels[at + 1], pixels[at + 2]];
          if (red > 215 && green > 150 && green < 225 && blue > 30 && blue < 150) count += 1;
        }
      }
      return count;
    },
  };
}

async function until(what, ask) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!ask()) {
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await pause(10);
  }
}
