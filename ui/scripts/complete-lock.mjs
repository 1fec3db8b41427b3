/*
 * A lock file from one platform may lack the native packages of others: some registries omit them, and then `npm ci`
 * refuses the file ("Missing: … from lock file") even here. After `npm install` this adds an entry for every missing
 * optional dependency, with its platform, so that npm skips it elsewhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = 'package-lock.json';
const SYSTEMS = [
  'darwin',
  'win32',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
  'wasm32',
  'wasi',
  'linux',
];
const PROCESSORS = [
  'arm64',
  'x64',
  'ia32',
  'riscv64',
  'loong64',
  'mips64el',
  'ppc64',
  's390x',
  'arm',
];

const lock = JSON.parse(readFileSync(LOCK, 'utf8'));

/** Searches node_modules from the package upwards, as Node does. */
function isLocked(dependent, name) {
  let folder = dependent;
  for (;;) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (candidate in lock.packages) return true;
    if (folder === '') return false;
    const parent = folder.lastIndexOf('/node_modules/');
    folder = parent === -1 ? '' : folder.slice(0, parent);
  }
}

function entryFor(name, range) {
  const words = name.split(/[^a-z0-9]+/);
  const system = SYSTEMS.find((word) => words.includes(word));
  const processor = PROCESSORS.find((word) => words.includes(word));
  return {
    version: range.replace(/^[~^]/, ''),
    optional: true,
    dev: true,
    // A package without a known platform must never be installed: "none" matches no machine.
    os: [system ?? 'none'],
    ...(processor && { cpu: [processor] }),
    ...(words.includes('musl') && { libc: ['musl'] }),
  };
}

const added = [];
for (const [folder, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    if (isLocked(folder, name)) continue;
    lock.packages[`node_modules/${name}`] = entryFor(name, range);
    added.push(name);
  }
}

writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(
  added.length === 0 ? `${LOCK} is complete` : `added ${added.length} entries to ${LOCK}`,
);
