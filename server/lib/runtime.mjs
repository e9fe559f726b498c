// The program runs from its TypeScript source. Where Node takes the types out itself it starts in half the time; for
// older ones tsx does it. What the compile cache holds is known by the content of the source: it is never stale.
import module from 'node:module';
import v8 from 'node:v8';

// V8 lets a small heap become four times what lives in it before it collects; with this much an import takes 400 MB
// instead of 550, and no longer.
v8.setFlagsFromString('--heap-growing-percent=80');
module.enableCompileCache?.();
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
