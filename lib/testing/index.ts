/**
 * The second public door, `node-red-contrib-tox-async/testing`: what tests of a program, an engine, a transport or a
 * crypto provider need. The compliance suites bring no test runner of their own.
 */

// A machine that exists only in memory, and whose time passes when a test says so.
export { microtasks, SeededRandom, SimulatedTime } from './simulated-platform';
export { MemoryDisk } from './memory-disk';
export { MemoryVolume, openMemoryStore, type CommitDelay } from './memory-store';
export { openMemoryDirectory, type MemoryDirectoryOptions } from './memory-directory';

export { MemoryFleetRegister } from './memory-fleet-register';

// What every implementation of a contract must do.
export type { TestRunner } from './test-runner';
export { storeSuite, type StoreSuiteOptions } from './store/store-suite';
export { storeCrashSuite, type CrashablePlace } from './store/store-crash-suite';
export type { StorePlace } from './store/store-under-test';
export { messageEngineSuite } from './engine/message-engine-suite';
export type { EngineAtWork } from './engine/engine-under-test';
export { transportSuite } from './transport/transport-suite';
export type { TransportPair } from './transport/transport-under-test';
export { cryptoProviderSuite } from './crypto/crypto-provider-suite';
