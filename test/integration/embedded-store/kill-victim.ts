// Runs the store of a directory in a process of its own, to be killed.
import { openEmbedded } from '../../../server/db/embedded/index.ts';

const { uri } = await openEmbedded(process.argv[2] ?? '');
process.stdout.write(`${uri}\n`);
setInterval(() => undefined, 1000);
