// The program runs from its TypeScript source. Where Node takes the types out itself it starts in half the time; for
// older ones tsx does it. What the compile cache holds is known by the content of the source: it is never stale.
import module from 'node:module';

module.enableCompileCache?.();
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
