import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const server = 'http://127.0.0.1:8080';

export default defineConfig({
  root: 'app',
  cacheDir: '../node_modules/.vite',
  // The strict content security policy forbids inline scripts and data: fonts.
  build: { outDir: '../dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: ['chrome123', 'firefox125', 'safari17.5'] },
  plugins: [svelte({ configFile: '../svelte.config.js' })],
  // Tests run the reactive code as the browser does, not as a server would render it.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  // As an expression, because a plain "/p" would take "/pitches" along, and "/api" the modules in the folder of that name.
  server: { proxy: { '^/(api/(v1|docs|openapi\\.json)|p|preview|logos|healthz)(/|$)': server } },
  test: { environment: '../vitest-environment.ts', include: ['**/*.test.ts'] },
});
