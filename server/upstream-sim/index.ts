export { startDropSimulator, type DropSimulator, type DropSimulatorOptions } from './drop.ts';
export { FaultSpecError, parseFaults } from './faults.ts';
export type { JournalLine } from './journal.ts';
export { startSimulator, type Simulator, type SimulatorOptions } from './server.ts';
