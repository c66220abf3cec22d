import type { BenchOptions } from '../support/bench-options';
import { reportsOf } from '../support/own-process';
import type { Report } from '../support/report';

export const parts = ['throughput', 'latency', 'idle', 'online'] as const;

/** What the transport does and costs on real Tox, in a process of its own inside a network namespace. */
export const run = ({ part }: BenchOptions): Promise<Report[]> =>
  reportsOf('bench/tox/run.ts', ...(part === undefined ? [] : [part]));
