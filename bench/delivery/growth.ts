import { milliseconds, ratio, type Report } from '../support/report';
import { costs, type Costs } from './costs';
import { oneToMany, pairs } from './topology';

const way = 'offline';
const FIRST = { name: 'one pair, 100 messages at a time', topology: pairs(1) };
const TENFOLD = [
  { name: 'ten times the users: ten pairs', topology: pairs(10) },
  { name: 'ten times the messages: one sender, ten friends, 1,000 at a time', topology: oneToMany(10) },
];

/** Whether a message costs more when there are more. */
export async function growth(rounds: number): Promise<Report> {
  const base = await costs(FIRST.topology, way, rounds);
  const cell = (of: keyof Costs, all: Costs) =>
    `${milliseconds(all[of].cpu)} (× ${ratio(all[of].cpu / base[of].cpu)})`;
  const row = (name: string, all: Costs, aim: string) => [
    name,
    cell('ours', all),
    cell('bare', all),
    cell('broker', all),
    aim,
  ];
  const rows = [row(FIRST.name, base, '')];
  for (const { name, topology } of TENFOLD)
    rows.push(row(name, await costs(topology, way, rounds), '× 1.30'));
  return {
    title: 'Ten times as many',
    about:
      'Processor time a message, offline through three nodes by the steps of "End to end", and its ratio to that of the first ' +
      'row, which is what it would be at best.',
    columns: ['', 'processor time a message', 'bare', 'mosquitto', 'aim'],
    rows,
  };
}
