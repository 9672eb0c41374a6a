import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { offlineCourier } from './src/courier/offline/build.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte(), offlineCourier()],
  base: '/',
  resolve: {
    alias: { $lib: here('./src/lib') },
    // Vitest must load Svelte's browser half: its server half has no runes that run outside a component.
    ...(process.env['VITEST'] ? { conditions: ['browser'] } : {}),
  },
  build: {
    target: 'es2022',
    // The pages run under `default-src 'self'`: nothing may be inlined as data: or as a script in the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { console: here('./console.html'), courier: here('./courier.html'), reports: here('./reports.html'), agency: here('./agency.html') },
      // The map engine is by far the largest part: a chunk of its own stays cached over releases and off the phone's first load.
      output: { codeSplitting: { groups: [{ name: 'map', test: /node_modules\/(maplibre-gl|@maplibre|@mapbox|pmtiles)\// }] } },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/v1', '/basemap', '/fonts', '/t'].map((path) => [path, process.env['BUUTA_URL'] ?? 'http://127.0.0.1:8000']),
    ),
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
});
