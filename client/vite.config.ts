import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const SERVER = 'http://127.0.0.1:4000';

/** Every browser that runs these pages reads woff2; the older format would double the files. */
const onlyWoff2: Plugin = {
  name: 'only-woff2',
  enforce: 'pre',
  transform: {
    filter: { id: /@fontsource.*\.css$/ },
    handler: (code) => code.replaceAll(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, ''),
  },
};

export default defineConfig({
  plugins: [onlyWoff2, react()],
  root: import.meta.dirname,
  // The font has thousands of characters in slices; none of them is worth inlining.
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: {
    proxy: {
      '/graphql': SERVER,
      '/auth': SERVER,
      '/feeds': SERVER,
      '/downloads': SERVER,
      '/power-lists': SERVER,
      '/client-config.json': SERVER,
    },
  },
});
