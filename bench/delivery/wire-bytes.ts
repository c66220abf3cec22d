import { envelopeSizeFor } from '../../lib/protocol/envelope/envelope';
import { count, ratio, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { RAISED } from './costs';
import { OurCarrier } from './parties/our-carrier';
import { BrokerCarrier } from './peers/broker-carrier';
import { Stopwatch } from './contest';
import { pairs } from './topology';

const SIZES = [16, 200, 1372];
/** Type and length of a message, in front of its text. */
const HEAD_BYTES = 3;
/** An envelope goes to three nodes, and comes from one. */
const TRIPS = 4;
const way = 'offline';

/** What one message costs all connections together, in a round of a hundred. */
export async function wireBytes(): Promise<Report> {
  const rows: string[][] = [];
  for (const size of SIZES) {
    const { deposit, fetch, rest } = await ours(size);
    const all = deposit + fetch + rest;
    const limit = TRIPS * envelopeSizeFor(HEAD_BYTES + size);
    rows.push([
      count(size),
      count(limit),
      count(deposit),
      count(fetch),
      count(rest),
      `${count(all)} (${ratio(all / limit)})`,
      '1.50',
      count(await brokers(size)),
    ]);
  }
  return {
    title: 'Bytes on the wire',
    about:
      'Bytes a message that all parties together send, of one pair offline in a round of 100, by the steps of "End to end"; ' +
      'what Tox adds below them is not counted. The limit is four envelopes: one to each of three nodes and one from a node. ' +
      'The last step brings receipts and a full stock of new keys; each step includes the sessions that begin in it. mosquitto: both ' +
      'directions of both connections, without TCP, the text in clear.',
    columns: [
      'text',
      'four envelopes',
      'deposit',
      'fetch',
      'receipts and keys',
      'in all (to four envelopes)',
      'aim',
      'mosquitto',
    ],
    rows,
  };
}

function ours(size: number): Promise<{ deposit: number; fetch: number; rest: number }> {
  return withFolder(async (folder) => {
    const carrier = await OurCarrier.open({ folder, topology: pairs(1), way, size, storageLimits: RAISED });
    const sentIn = async (step: () => Promise<void>) => {
      const before = carrier.world.sentBytes;
      await step();
      return (carrier.world.sentBytes - before) / carrier.messagesPerRound;
    };
    await carrier.round(new Stopwatch());
    await carrier.recipientsLeave();
    const deposit = await sentIn(() => carrier.deposit());
    const fetch = await sentIn(async () => {
      await carrier.sendersLeave();
      await carrier.fetch();
    });
    const rest = await sentIn(async () => {
      await carrier.sendersReturn();
      await carrier.meet();
    });
    await carrier.close();
    return { deposit, fetch, rest };
  });
}

function brokers(size: number): Promise<number> {
  return withFolder(async (folder) => {
    const carrier = await BrokerCarrier.open({ folder, topology: pairs(1), way, size });
    await carrier.round(new Stopwatch());
    const before = carrier.bytes;
    await carrier.round(new Stopwatch());
    const bytes = (carrier.bytes - before) / carrier.messagesPerRound;
    await carrier.close();
    return bytes;
  });
}
