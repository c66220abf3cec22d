import { count, milliseconds, ratio, type Report } from '../support/report';
import { costs } from './costs';
import { manyToOne, oneToMany } from './topology';

const MANY = 100;
/** Messages for each friend in a round. */
const PER_LINK = 5;
const SHAPES = [
  { name: `1 to ${MANY}`, topology: oneToMany(MANY, PER_LINK) },
  { name: `${MANY} to 1`, topology: manyToOne(MANY, PER_LINK) },
];
const WAYS = ['offline', 'direct'] as const;

/** One with many friends. */
export async function fan(rounds: number): Promise<Report> {
  const rows: string[][] = [];
  for (const { name, topology } of SHAPES) {
    for (const way of WAYS) {
      const { ours, bare, broker } = await costs(topology, way, rounds);
      rows.push([
        name,
        way,
        count(ours.perSecond),
        `${count(bare.perSecond)} (${ratio(ours.perSecond / bare.perSecond)})`,
        `${count(broker.perSecond)} (${ratio(ours.perSecond / broker.perSecond)})`,
        milliseconds(ours.cpu),
        milliseconds(bare.cpu),
        milliseconds(broker.cpu),
      ]);
    }
  }
  return {
    title: 'One and a hundred',
    about:
      `${PER_LINK} messages on each way in a round, measured like "End to end". The stores of the hundred are in memory, those of the ` +
      'one and of the nodes on lmdb; those of "bare" likewise.',
    columns: ['', 'way', 'messages/s', 'bare', 'mosquitto', 'processor time a message', 'bare', 'mosquitto'],
    rows,
  };
}
