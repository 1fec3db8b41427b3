import { defineConfig } from 'vitest/config';

/* A busy machine makes a test slow, not wrong: what hangs is ended all the same. */
export default defineConfig({ test: { testTimeout: 60_000 } });
