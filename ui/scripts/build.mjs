// Builds the page. Angular's chunk optimisation joins small files that lazy parts share: the browser learns of such a
// file only
// after it has read the previous one, which delays the page.
import { spawnSync } from 'node:child_process';

const ng = ['node_modules/@angular/cli/bin/ng.js', 'build'];
for (const words of [ng, ['scripts/keep-source-maps.mjs'], ['scripts/first-load.mjs']]) {
  const { status } = spawnSync(process.execPath, words, {
    stdio: 'inherit',
    env: { ...process.env, NG_BUILD_OPTIMIZE_CHUNKS: '1' },
  });
  if (status !== 0) process.exit(status ?? 1);
}
