import path from 'node:path';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../lib/crypto/generate';
import { MemoryDisk } from '../../lib/testing/memory-disk';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import { encodeExchange } from '../../lib/protocol/keys/exchange';
import { openMemoryDirectory } from '../../lib/testing/memory-directory';
import { MemoryVolume } from '../../lib/testing/memory-store';
import { median, withInFlight, type Subject } from '../support/measure';
import { count, ratio, type Report } from '../support/report';
import { withDirectory, withFolder } from '../support/scratch';
import { durableLeast } from './durable-least';
import { durableParts, type DurableParts } from './durable-parts';
import { rawPair, sodiumBoxes, tweetnaclBoxes } from './raw';

const crypto = chooseCryptoProvider();
const { random, disk } = systemPlatform;
const TEXT = 'x'.repeat(200);
const FRIENDS = 60;
const KEYS = 100;
const SENDERS = 20;
const ROUNDS = 7;
/** Of a send and of a receive with 256 in flight, in relation to two boxes. */
const AIM = '0.60';
/** Of the receives that are compared with rewriting. */
const REWRITE_IN_FLIGHT = 256;

/** One round of something durable and, right before and after it, of its peer. */
interface Round {
  readonly rate: number;
  readonly peer: number;
}

/** Sends and receives as an application sees them: the promise resolves when everything is on the disk. */
export async function durable(): Promise<Report> {
  const keys = { a: generateKeyPair(crypto, random), b: generateKeyPair(crypto, random) };
  const [seal, open] = rawPair(sodiumBoxes() ?? tweetnaclBoxes, TEXT.length, keys);
  if (seal === undefined || open === undefined) throw new Error('nothing to compare with');
  const rows: string[][] = [];
  for (const [at, boxes] of [seal, open].entries()) {
    const rounds = await withoutDisk(at, boxes);
    rows.push([
      `${at === 0 ? 'send' : 'receive'}, its cryptography alone`,
      count(median(rounds.map(({ rate }) => rate))),
      `${ratio(timesAsFast(rounds))} of two boxes (${at === 0 ? 'seal' : 'open'})`,
      '',
    ]);
  }
  for (const inFlight of [1, 64, 256]) {
    const rounds = await sends(inFlight, seal);
    rows.push([
      `send, ${inFlight} in flight`,
      count(median(rounds.map(({ rate }) => rate))),
      `${ratio(timesAsFast(rounds))} of two boxes (seal)`,
      inFlight === 256 ? AIM : '',
    ]);
  }
  for (const inFlight of [64, 256]) {
    const rounds = await receives(inFlight, open);
    rows.push([
      `receive, ${inFlight} in flight`,
      count(median(rounds.map(({ rate }) => rate))),
      `${ratio(timesAsFast(rounds))} of two boxes (open)`,
      inFlight === 256 ? AIM : '',
    ]);
  }
  const rounds = await receivesAndRewrites();
  rows.push([
    'rewriting a bundle file of 104 keys',
    count(median(rounds.map(({ peer }) => peer))),
    `receive, ${REWRITE_IN_FLIGHT} in flight, is ${timesAsFast(rounds).toFixed(1)} times as fast`,
    '10',
  ]);
  return {
    title: 'Durable sends and receives',
    about: `200 bytes, with lmdb, the vault and ${crypto.name}: accepted, sealed and journalled, or opened, put into the inbox, receipt owed and key dead, all on the disk when the promise resolves. Compared in turns with two bare crypto_box calls, which write nothing, and with what a store does that keeps a friend's one-time keys in one file: for each message it marks a key as used, turns all 104 into JSON (the specification's PreKeyBundle, bytes as arrays of numbers) and replaces the file (write, sync, rename, sync of the folder). That one opens no box and keeps no message. The first rows are the least that a send and a receive take before anything is written: the secret of the one-time key out of its slot, the envelope with its fresh key pair, and the text under a slot of its own, without a wait.`,
    columns: ['operation', 'per second', 'compared', 'aim'],
    rows,
  };
}

/** The median over the rounds. */
function timesAsFast(rounds: readonly Round[]): number {
  return median(rounds.map(({ rate, peer }) => rate / peer));
}

/** What a send (0) or a receive (1) cannot do without, before anything is written. */
function withoutDisk(which: number, boxes: Subject): Promise<Round[]> {
  const least = durableLeast(crypto, TEXT.length)[which];
  if (least === undefined) throw new Error('nothing to measure');
  return inRounds(boxRate(boxes), () => Promise.resolve(() => perSecond(2000, () => least.run(2000))));
}

/** Messages a second to friends whose keys we hold. */
function sends(inFlight: number, boxes: Subject): Promise<Round[]> {
  return withDirectory('lmdb', async (directory) => {
    const parts = await durableParts(directory);
    const messages = inFlight === 1 ? 1000 : FRIENDS * KEYS;
    return inRounds(boxRate(boxes), async () => {
      const friends = await takeKeys(parts);
      const send = (i: number) => parts.sender.send(friends[i % FRIENDS] ?? new Uint8Array(), TEXT);
      return () => perSecond(messages, () => withInFlight(messages, inFlight, send));
    });
  });
}

/** Messages a second from friends who hold our keys. */
function receives(inFlight: number, boxes: Subject): Promise<Round[]> {
  return withDirectory('lmdb', async (directory) => {
    const us = await durableParts(directory);
    return inRounds(boxRate(boxes), () => receiving(us, inFlight));
  });
}

function receivesAndRewrites(): Promise<Round[]> {
  return withFolder((folder) => {
    const rewrite = rewriting(path.join(folder, 'bundle.json'));
    return withDirectory('lmdb', async (directory) => {
      const us = await durableParts(directory);
      return inRounds(
        () => perSecond(100, () => withInFlight(100, 1, rewrite)),
        () => receiving(us, REWRITE_IN_FLIGHT),
      );
    });
  });
}

/** Gets envelopes ready for one round of receiving them. */
async function receiving(us: DurableParts, inFlight: number): Promise<() => Promise<number>> {
  const envelopes = await sealedForUs(us);
  const receive = async (i: number) => {
    const { code } = await us.receiver.receive(envelopes[i] ?? new Uint8Array(), {
      via: 'stored',
      node: us.keyPair.publicKey,
    });
    if (code !== 'ok') throw new Error(`a message was answered ${code}`);
  };
  return () => perSecond(envelopes.length, () => withInFlight(envelopes.length, inFlight, receive));
}

/** @param prepare is not timed; what it gives measures one rate */
async function inRounds(
  peerRate: () => Promise<number>,
  prepare: () => Promise<() => Promise<number>>,
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await prepare();
    const before = await peerRate();
    const rate = await run();
    rounds.push({ rate, peer: (before + (await peerRate())) / 2 });
  }
  return rounds;
}

function boxRate(boxes: Subject): () => Promise<number> {
  return () => perSecond(2000, () => boxes.run(2000));
}

/** New friends who each gave us a full stock of keys. */
async function takeKeys({ keyPair, forwardSecurity }: DurableParts): Promise<Uint8Array[]> {
  const friends: Uint8Array[] = [];
  for (let i = 0; i < FRIENDS; i += 1) {
    const friend = generateKeyPair(crypto, random);
    const keys = Array.from({ length: KEYS + 4 }, (_, at) => ({
      index: at + 1,
      publicKey: generateKeyPair(crypto, random).publicKey,
    }));
    const exchange = encodeExchange(crypto, {
      from: friend,
      to: keyPair.publicKey,
      batch: i + 1,
      valid: 2_592_000,
      timestamp: 0,
      seed: random.bytes(32),
      keys,
    });
    await forwardSecurity.processPreKeyExchange(exchange);
    friends.push(friend.publicKey);
  }
  return friends;
}

/** Envelopes of several friends, in turns. */
async function sealedForUs(us: DurableParts): Promise<Uint8Array[]> {
  const own: Uint8Array[][] = [];
  for (let i = 0; i < SENDERS; i += 1) own.push(await sealedByOne(us));
  return Array.from({ length: KEYS }, (_, at) =>
    own.flatMap((envelopes) => envelopes.slice(at, at + 1)),
  ).flat();
}

async function sealedByOne(us: DurableParts): Promise<Uint8Array[]> {
  const platform = { ...systemPlatform, disk: new MemoryDisk() };
  const directory = await openMemoryDirectory({ platform, crypto, volume: new MemoryVolume() });
  const friend = await durableParts(directory);
  const exchange = await us.forwardSecurity.exchangePreKeys(friend.keyPair.publicKey);
  if (exchange === undefined) throw new Error('no keys for a new friend');
  await friend.forwardSecurity.processPreKeyExchange(exchange);
  const envelopes: Uint8Array[] = [];
  for (let i = 0; i < KEYS; i += 1) {
    const message = await friend.forwardSecurity.sendForwardSecureMessage(
      us.keyPair.publicKey,
      new TextEncoder().encode(TEXT),
    );
    envelopes.push(message.envelope);
  }
  await directory.close();
  return envelopes;
}

/** Marks one key of the specification's PreKeyBundle as used and replaces its file. */
function rewriting(file: string): (i: number) => Promise<void> {
  const numbers = () => [...random.bytes(32)];
  const bundle = {
    PeerPK: numbers(),
    Keys: Array.from({ length: KEYS + 4 }, (_, id) => ({
      ID: id,
      KeyPair: { Public: numbers(), Private: numbers() },
      Used: false,
      UsedAt: null as string | null,
    })),
    CreatedAt: new Date().toISOString(),
    UsedCount: 0,
    MaxKeys: KEYS,
    LastRefreshOffer: new Date().toISOString(),
  };
  return (i) => {
    const key = bundle.Keys[i % bundle.Keys.length];
    if (key !== undefined) Object.assign(key, { Used: true, UsedAt: new Date().toISOString() });
    bundle.UsedCount += 1;
    return disk.writeFile(file, new TextEncoder().encode(JSON.stringify(bundle)));
  };
}

async function perSecond(operations: number, run: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (operations * 1000) / (performance.now() - start);
}
