import { withFolder } from '../support/scratch';
import { count, milliseconds, ratio, type Report } from '../support/report';
import { inTurns, type Cost } from './contest';
import { OurCarrier } from './parties/our-carrier';
import { costs, RAISED, SIZE, WARM_UP_MESSAGES } from './costs';
import { pairs } from './topology';

const PAIRS = [1, 10];
const WAYS = ['offline', 'direct'] as const;
/** Messages a second, by pairs, and milliseconds of processor time. */
const AIMS = {
  rates: new Map([
    [1, 500],
    [10, 2000],
  ]),
  cpu: 1.5,
};
/** Rounds that use up what a node takes at once. */
const BURST_ROUNDS = 5;
const DEFAULT_RATE_ROUNDS = 2;

export async function endToEnd(rounds: number): Promise<Report> {
  const rows: string[][] = [];
  for (const way of WAYS) {
    for (const number of PAIRS) {
      const { ours, bare, broker } = await costs(pairs(number), way, rounds);
      rows.push([
        way,
        String(number),
        count(ours.perSecond),
        count(AIMS.rates.get(number) ?? NaN),
        `${count(bare.perSecond)} (${ratio(ours.perSecond / bare.perSecond)})`,
        `${count(broker.perSecond)} (${ratio(ours.perSecond / broker.perSecond)})`,
        milliseconds(ours.cpu),
        milliseconds(AIMS.cpu),
        milliseconds(bare.cpu),
        milliseconds(broker.cpu),
      ]);
    }
  }
  const slow = await defaultRate();
  const nothing = ['', '', ''];
  rows.push([
    'offline, default rate',
    '1',
    count(slow.perSecond),
    ...nothing,
    milliseconds(slow.cpu),
    ...nothing,
  ]);
  return {
    title: 'End to end',
    about:
      `Texts of ${SIZE} bytes in rounds of 100 for each pair through three storage nodes, everything in this process, with ` +
      'sodium-native, a store on lmdb for each party and a virtual network. Offline: the recipient is away until three nodes have ' +
      'confirmed each message, the sender is away while the recipient fetches, then the sender comes for the receipts; each round ' +
      `ends before the next begins; ${count(WARM_UP_MESSAGES)} messages at least go before what is measured. Direct: both are there. Time is that of these steps; processor time is that of all parties ` +
      `and all steps, making new keys included. The nodes take ${count(RAISED.storesPerSecond)} messages a second of each submitter, by ` +
      'option; in the last row the rate that they have by themselves (400 at once, then 20 a second). In brackets: our rate in relation to ' +
      'it. "Bare" is the limit: the primitives alone that a message cannot do without (four boxes, the boxes of the sessions, the ' +
      'durable steps in a bare lmdb for each party), all of a round in flight. mosquitto (QoS 1, persistent sessions, persistence on) ' +
      'with one client for each sender and recipient keeps one copy, in memory until it saves by itself, has no end-to-end encryption, ' +
      'and gives no receipt of the recipient.',
    columns: [
      'way',
      'pairs',
      'messages/s',
      'aim',
      'bare',
      'mosquitto',
      'processor time a message',
      'aim',
      'bare',
      'mosquitto',
    ],
    rows,
  };
}

async function defaultRate(): Promise<Cost> {
  const topology = pairs(1);
  const [cost] = await withFolder((folder) =>
    inTurns([() => OurCarrier.open({ folder, topology, way: 'offline', size: SIZE })], {
      rounds: DEFAULT_RATE_ROUNDS,
      warmUps: BURST_ROUNDS,
    }),
  );
  return cost ?? { perSecond: NaN, cpu: NaN };
}
