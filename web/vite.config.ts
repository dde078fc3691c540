import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const server = 'http://127.0.0.1:8080';

export default defineConfig({
  root: 'app',
  // The strict content security policy forbids inline scripts, and data: fonts.
  build: { outDir: '../dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2022' },
  plugins: [svelte()],
  server: { proxy: { '/api': server, '/p': server, '/preview': server, '/healthz': server } },
  test: { environment: 'node', include: ['**/*.test.ts'] },
});
