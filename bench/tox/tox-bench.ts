import { reportsOf } from '../support/own-process';
import type { Report } from '../support/report';

/** Throughput and idle cost of the transport on real Tox, in a process of its own inside a network namespace. */
export const run = (): Promise<Report[]> => reportsOf('bench/tox/run.ts');
