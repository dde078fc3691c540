/** Plain Node for the tests, but with our code compiled as for the browser: reactive code on a server would not react. */
import type { Environment } from 'vitest/runtime';

export default {
  name: 'node-as-client',
  viteEnvironment: 'client',
  setup() {
    return { teardown() {} };
  },
} satisfies Environment;
