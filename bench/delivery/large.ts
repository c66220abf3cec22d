import { setTimeout as wait } from 'node:timers/promises';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../lib/crypto/generate';
import { systemRandom } from '../../lib/platform/random';
import { openChunk, sealChunk } from '../../lib/protocol/envelope/large/chunk';
import { joinedLarge, splitLarge } from '../../lib/protocol/envelope/large/split-large';
import { mailboxOf } from '../../lib/protocol/names';
import { measure } from '../support/measure';
import { count, milliseconds, ratio, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { OurCarrier } from './parties/our-carrier';
import { Stopwatch } from './contest';
import { RAISED } from './costs';
import { oneToMany, pairs } from './topology';

const crypto = chooseCryptoProvider();
const SIZES = [65_536, 262_144];
/** Friends who are sent one each. */
const MANY = 20;
const HEAD_BYTES = 1534;
const MEMORY_MS = 10_000;
const way = 'offline';

/** What large messages cost: the primitives alone, and on their way through three nodes. */
export async function large(): Promise<Report> {
  const rows: string[][] = [];
  for (const size of SIZES) {
    const { sealMs, openMs, bytes } = await primitives(size);
    const { depositMs, fetchMs } = await through(size);
    rows.push([
      count(size),
      milliseconds(sealMs),
      milliseconds(openMs),
      `${ratio((100 * (bytes - size)) / size)} %`,
      milliseconds(depositMs),
      milliseconds(fetchMs),
    ]);
  }
  return {
    title: 'Large messages',
    about:
      'Bytes that nothing deflates. Sealing makes all chunks and the data of the head, opening opens them all; over the payload ' +
      'are head and chunks beside the payload, at most 6 %. Deposits: until three nodes have all pieces; fetch: from the moment at which ' +
      `the recipient goes online until its handler. ${await memory()}`,
    columns: ['payload', 'sealing', 'opening', 'over the payload', 'deposits at three nodes', 'fetch'],
    rows,
  };
}

async function primitives(size: number): Promise<{ sealMs: number; openMs: number; bytes: number }> {
  const mailbox = mailboxOf(crypto, generateKeyPair(crypto, systemRandom).publicKey);
  const [secret, messageId] = [systemRandom.bytes(32), systemRandom.bytes(32)];
  const data = joinedLarge({ inner: 2, label: '', isDeflated: false, bytes: systemRandom.bytes(size) });
  const seal = () => {
    const { key, chunks } = splitLarge(crypto, { data, secret: secret.slice(), messageId });
    const sealed = chunks.map((part, index) => sealChunk(crypto, { mailbox, key, index }, part));
    return { key, chunks, sealed };
  };
  const { key, chunks, sealed } = seal();
  const open = () =>
    sealed.forEach(({ envelope }, index) =>
      openChunk(crypto, { mailbox, key, index }, { envelope, length: chunks[index]?.length ?? 0 }),
    );
  const repeat = (run: () => unknown) => (times: number) => {
    for (let i = 0; i < times; i += 1) run();
  };
  const rates = await measure([
    { name: 'seal', run: repeat(seal) },
    { name: 'open', run: repeat(open) },
  ]);
  const [sealMs = 0, openMs = 0] = rates.map(({ perSecond }) => 1000 / perSecond);
  return { sealMs, openMs, bytes: sealed.reduce((sum, { envelope }) => sum + envelope.length, HEAD_BYTES) };
}

function through(size: number): Promise<{ depositMs: number; fetchMs: number }> {
  return withFolder(async (folder) => {
    const carrier = await OurCarrier.open({ folder, topology: pairs(1, 1), way, size });
    const [deposit, fetch] = [new Stopwatch(), new Stopwatch()];
    await carrier.recipientsLeave();
    await deposit.run(() => carrier.deposit());
    await carrier.sendersLeave();
    await fetch.run(() => carrier.fetch());
    await carrier.close();
    return { depositMs: deposit.milliseconds, fetchMs: fetch.milliseconds };
  });
}

/** What 20 of the largest take at once of a process that is sender, recipients and nodes. */
function memory(): Promise<string> {
  return withFolder(async (folder) => {
    const [size] = SIZES.slice(-1);
    const topology = oneToMany(MANY, 1);
    const storageLimits = { ...RAISED, chunkPart: 1 };
    const carrier = await OurCarrier.open({ folder, topology, way, size: size ?? 0, storageLimits });
    await carrier.recipientsLeave();
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    // Not all of it: a node takes so many chunks a second.
    await Promise.race([carrier.deposit(), wait(MEMORY_MS)]);
    clearInterval(timer);
    await carrier.close();
    return `${MANY} of the largest under way at once, to as many friends, took ${count((most - before) / 1e6)} MB of the process's memory.`;
  });
}
