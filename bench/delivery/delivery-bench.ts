import type { BenchOptions } from '../support/bench-options';
import type { Report } from '../support/report';
import { comingOnline } from './coming-online';
import { endToEnd } from './end-to-end';
import { fan } from './fan';
import { growth } from './growth';
import { idle } from './idle';
import { large } from './large';
import { wireBytes } from './wire-bytes';

/** Messages on their whole way, beside what they cannot do without and beside a message broker. */
export async function run({ full }: BenchOptions): Promise<Report[]> {
  const rounds = full ? 20 : 3;
  return [
    await endToEnd(rounds),
    await wireBytes(),
    await large(),
    await growth(rounds),
    await fan(rounds),
    await idle(full ? 60 : 20),
    await comingOnline(full ? 40 : 10),
  ];
}
