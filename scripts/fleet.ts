/**
 * `npm run fleet` reckons what 5,000 sensors and 5,000 users take, by the placement rules as code, plays a town that fits a
 * simulator by the same rules, and prints the part of docs/FLEET.md; `--write` puts it there. `--users N` plays another
 * town.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { aloneFor, cellsFor, COPIES, fleetFor, MOST_FRIENDS, SPARE_NODES } from './fleet/placement';
import {
  type FleetTownFigures,
  type FleetTownSize,
  runFleetTown,
} from '../test/simulation/support/fleet-town';
import { ROOT } from './support/project';

const [DEVICES, USERS, CONTACTS] = [5_000, 5_000, 20];
const PAGE = path.join(ROOT, 'docs/FLEET.md');
const [BEGIN, END] = ['<!-- fleet: begin -->', '<!-- fleet: end -->'];
/** UDP ports that libtoxcore tries by itself: as many processes have one on a machine. */
const PORTS = 101;
/** Bytes that a deposit of the smallest envelope takes, frames and answers included, both ways (docs/BENCHMARKS.md). */
const ENVELOPE_BYTES = 287;
/** Parts of the contacts who are none of the neighbours. */
const FAR = [0, 0.17, 0.5, 0.665, 1];

/** The town that is played. */
const TOWN: FleetTownSize = { users: 60, contacts: 10, nodes: 5, far: 0.5, rounds: 4 };

function machinesFor(processes: number): number {
  return Math.max(COPIES + 1, Math.ceil(processes / PORTS));
}

function table(town: FleetTownSize, figures: FleetTownFigures): string {
  const { cells, fullest, processes } = cellsFor(DEVICES);
  const fleet = fleetFor(USERS);
  const row = (what: string, count: number) =>
    `| ${what} | ${count} | ${machinesFor(count)} | 33445 to ${33444 + Math.min(PORTS, Math.ceil(count / machinesFor(count)))} |`;
  const alone = FAR.map((far) =>
    row(
      `independent nodes, ${Math.round(far * 1000) / 10} % of contacts far away`,
      aloneFor(USERS, CONTACTS, far),
    ),
  );
  return [
    `\`npm run fleet -- --write\`: at most ${MOST_FRIENDS} friends online a process, ${COPIES} storage nodes for each user.`,
    '',
    `| ${DEVICES.toLocaleString('en-US')} sensors, few recipients | processes | machines, at least | UDP ports of each |`,
    '| --- | --- | --- | --- |',
    row(`${cells} cells, the fullest with ${fullest} devices`, processes),
    '',
    `| ${USERS.toLocaleString('en-US')} users with ${CONTACTS} contacts | processes | machines, at least | UDP ports of each |`,
    '| --- | --- | --- | --- |',
    ...alone,
    row(`one fleet, of which ${SPARE_NODES} nodes may be away`, fleet),
    '',
    `A reading an hour of each sensor is ${Math.round((DEVICES * 24 * COPIES * ENVELOPE_BYTES) / 1e6)} MB of envelopes a day at all storage nodes together, while the collectors are away.`,
    '',
    played(town, figures),
  ].join('\n');
}

function played({ users, contacts, nodes, rounds }: FleetTownSize, figures: FleetTownFigures): string {
  const { sent, arrived, wrong, apart, pairs, mostStored } = figures;
  return (
    `Played in the simulator, by the same rules: ${users} users with about ${contacts} contacts on a fleet of ${nodes} nodes, of ` +
    `which one is lost in mid-stream. One half of the users was away at a time, ${rounds} times. Of ${sent} messages ${arrived} ` +
    `arrived, ${wrong} of them twice or wrong. ${apart} of ${pairs} pairs had no node in common, and at most ${mostStored} ` +
    'messages lay in the store.'
  );
}

async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--users');
  const town = at < 0 ? TOWN : { ...TOWN, users: Number(args[at + 1]) };
  const made = table(town, await runFleetTown('fleet', town));
  console.log(made);
  if (!args.includes('--write')) return;
  const page = await readFile(PAGE, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/FLEET.md has no place for the table.');
  await writeFile(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${made}\n\n${page.slice(to)}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
