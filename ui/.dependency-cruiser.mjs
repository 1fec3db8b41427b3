/*
 * Who may import whom among the folders of the page. Each stands below everything that it may import, so that no circle
 * of folders can be written down here; `npm run lint` holds the code to it.
 */
const CORE = ['core/api', 'core/i18n', 'core/ui'];
const MAY_IMPORT = [
  ['core/api', []],
  ['core/i18n', ['core/api']],
  ['core/ui', ['core/api', 'core/i18n']],
  ['core/telemetry', ['core/api', 'core/ui']],
  ['traces/tree', CORE],
  ['traces/waterfall', [...CORE, 'traces/tree']],
  ['traces/list', [...CORE, 'traces/tree']],
  ['traces/compare', [...CORE, 'traces/tree']],
  ['traces', [...CORE, 'traces/tree', 'traces/waterfall', 'traces/list', 'traces/compare']],
  ['issues', CORE],
  ['delivery', CORE],
  ['overhead', CORE],
  ['traffic', CORE],
  ['map', [...CORE, 'traces/tree', 'traffic']],
  ['spin-log', CORE],
  ['faults', [...CORE, 'core/telemetry']],
  ['slot/play', CORE],
  ['slot/reels', [...CORE, 'slot/play']],
  ['slot/spin-path', [...CORE, 'faults', 'slot/play', 'traces', 'traces/tree']],
  ['slot', [...CORE, 'faults', 'slot/play', 'slot/reels', 'slot/spin-path']],
  ['paytable', [...CORE, 'slot/play', 'slot/reels']],
  ['rounds', [...CORE, 'slot/play', 'slot/reels', 'slot/spin-path']],
  ['business', [...CORE, 'traces/list', 'traces/tree']],
  ['calculator', [...CORE, 'business']],
  ['daily-report', [...CORE, 'business', 'faults']],
  ['problems', [...CORE, 'faults', 'slot/play', 'slot/spin-path', 'spin-log', 'traffic']],
  ['impact', [...CORE, 'business', 'faults', 'problems', 'traffic']],
  ['releases', [...CORE, 'business', 'faults', 'impact', 'problems', 'traffic']],
  ['settings', [...CORE, 'core/telemetry', 'delivery', 'overhead']],
  ['presenter/presentation', [...CORE, 'faults', 'overhead', 'problems', 'slot/play']],
  ['presenter/run', [...CORE, 'presenter/presentation']],
  ['presenter', [...CORE, 'presenter/presentation', 'presenter/run']],
];
/** Puts the features together. */
const SHELL = 'shell';
/** Doubles for specs: no product code imports them. */
const TESTING = ['testing', [...CORE, 'traces/tree']];

const folders = MAY_IMPORT.map(([folder]) => folder);
for (const [place, [folder, others]] of MAY_IMPORT.entries()) {
  const unknown = others.find((other) => !folders.slice(0, place).includes(other));
  if (unknown)
    throw new Error(`${folder} may not import ${unknown}, which does not stand above it`);
}

/** A folder is what stands in it, without the folders in it that have rows of their own. */
const isDivided = (folder) => folders.some((other) => other.startsWith(folder + '/'));
const filesOf = (folder) => folder + (isDivided(folder) ? '/[^/]+$' : '/');
const anyOf = (names) => `^src/app/(${names.map(filesOf).join('|')})`;
const SPEC = '\\.spec\\.ts$';

/** `folder` imports itself and `others`, its specs the doubles too. */
function ruleOf([folder, others]) {
  const own = anyOf([folder]);
  const rule = (name, from, allowed) => ({
    name,
    severity: 'error',
    comment: `${folder} may import: ${others.join(', ') || 'no other folder'}`,
    from,
    to: { path: '^src/', pathNot: anyOf([folder, ...allowed]) },
  });
  return [
    rule(`imports-of-${folder}`, { path: own, pathNot: SPEC }, others),
    rule(`imports-of-specs-of-${folder}`, { path: own.replace('^', `^(?=.*${SPEC})`) }, [
      ...others,
      'testing',
    ]),
  ];
}

export default {
  forbidden: [
    ...[...MAY_IMPORT, [SHELL, folders], TESTING].flatMap(ruleOf),
    {
      name: 'known-folders',
      severity: 'error',
      comment: 'A folder of the page stands in the table of who may import whom',
      from: {},
      to: { path: '^src/app/[^/]+/', pathNot: anyOf([...folders, SHELL, 'testing']) },
    },
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'Files that import each other in a circle are read as one',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import leads to a file or to a package that package.json names',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // An import of a type is one too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};
