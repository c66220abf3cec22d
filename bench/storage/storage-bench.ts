import { chosenParts, type BenchOptions } from '../support/bench-options';
import type { Report } from '../support/report';
import { databases } from './databases';
import { disk } from './disk';
import { life } from './life';
import type { EngineName } from './node';
import { rates } from './rates';

/** Every engine with little mail; with --full also as much as a node ever takes, on the engine that can hold it. */
const SMALL = 10_000;
const LARGE = [100_000, 1_536_000];
/** What a fleet has, about, when many of its users are away. */
const SHARED = 100_000;

const PARTS: Record<string, (full: boolean) => Promise<Report[]>> = {
  engines: async (full) => {
    const reports = await withMail(['lmdb', 'nedb', 'memory'], SMALL);
    for (const messages of full ? LARGE : []) reports.push(...(await withMail(['lmdb'], messages)));
    return reports;
  },
  postgresql: () => databases(SHARED),
};

export const parts = Object.keys(PARTS);

export async function run({ full, part }: BenchOptions): Promise<Report[]> {
  const reports: Report[] = [];
  for (const each of chosenParts(PARTS, part)) reports.push(...(await each(full)));
  return reports;
}

async function withMail(engines: readonly EngineName[], messages: number): Promise<Report[]> {
  const onDisk = engines.filter((name) => name !== 'memory');
  return [await rates(engines, messages), await life(engines, messages), await disk(onDisk, messages)];
}
