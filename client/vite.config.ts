import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const SERVER = 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react()],
  root: import.meta.dirname,
  // The font has thousands of characters in slices; none of them is worth inlining.
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  server: { proxy: { '/graphql': SERVER, '/auth': SERVER, '/feeds': SERVER, '/healthz': SERVER } },
});
