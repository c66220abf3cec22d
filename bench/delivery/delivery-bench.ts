import { chosenParts, type BenchOptions } from '../support/bench-options';
import type { Report } from '../support/report';
import { comingOnline } from './coming-online';
import { endToEnd } from './end-to-end';
import { fan } from './fan';
import { growth } from './growth';
import { idle } from './idle';
import { large } from './large';
import { wireBytes } from './wire-bytes';

type Part = (full: boolean) => Promise<Report>;

const PARTS: Record<string, Part> = {
  way: (full) => endToEnd(rounds(full)),
  wire: () => wireBytes(),
  large: () => large(),
  growth: (full) => growth(rounds(full)),
  fan: (full) => fan(rounds(full)),
  idle: (full) => idle(full ? 60 : 20),
  online: (full) => comingOnline(full ? 40 : 10),
};

export const parts = Object.keys(PARTS);

function rounds(full: boolean): number {
  return full ? 20 : 3;
}

/** Messages on their whole way, beside what they cannot do without and beside a message broker. */
export async function run({ full, part }: BenchOptions): Promise<Report[]> {
  const reports: Report[] = [];
  for (const each of chosenParts(PARTS, part)) reports.push(await each(full));
  return reports;
}
