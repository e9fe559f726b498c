#!/usr/bin/env node
// The command line runs from source: no build step stands between `npm install` and the first command.
import '../server/lib/runtime.mjs';

const { main } = await import('../server/cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
