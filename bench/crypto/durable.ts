import path from 'node:path';
import { chooseCryptoProvider } from '../../lib/crypto/choose-provider';
import { generateKeyPair } from '../../lib/crypto/generate';
import { MemoryDisk } from '../../lib/platform/memory-disk';
import { systemPlatform } from '../../lib/platform/system-platform';
import { encodeExchange } from '../../lib/protocol/exchange';
import { openMemoryDirectory } from '../../lib/store/memory-directory';
import { MemoryVolume } from '../../lib/store/memory-store';
import { measure, median, withInFlight, type Rate } from '../support/measure';
import { count, ratio, type Report } from '../support/report';
import { withDirectory, withFolder } from '../support/scratch';
import { durableParts, type DurableParts } from './durable-parts';
import { rawPair, sodiumBoxes, tweetnaclBoxes } from './raw';

const crypto = chooseCryptoProvider();
const { random, disk } = systemPlatform;
const TEXT = 'x'.repeat(200);
const FRIENDS = 60;
const KEYS = 100;
const SENDERS = 20;
const ROUNDS = 5;

/** Sends and receives as an application sees them: the promise resolves when everything is on the disk. */
export async function durable(): Promise<Report> {
  const pair = await rawRates();
  const sendRates = new Map<number, number>();
  for (const inFlight of [1, 64, 256]) sendRates.set(inFlight, await sends(inFlight));
  const received = await receives();
  const rewriting = await rewrites();
  const rows = [...sendRates].map(([inFlight, rate]) => [
    `send, ${inFlight} in flight`,
    count(rate),
    `${ratio(rate / pair.seal)} of two boxes (seal)`,
  ]);
  rows.push(
    ['receive, 64 in flight', count(received), `${ratio(received / pair.open)} of two boxes (open)`],
    [
      'rewriting a bundle file of 104 keys',
      count(rewriting),
      `receive is ${(received / rewriting).toFixed(1)} times faster`,
    ],
  );
  return {
    title: 'Durable sends and receives',
    about: `200 bytes, with lmdb, the vault and ${crypto.name}; compared with two bare crypto_box calls, and with rewriting the file of a whole bundle for each message.`,
    columns: ['operation', 'per second', 'compared'],
    rows,
  };
}

async function rawRates(): Promise<{ seal: number; open: number }> {
  const keys = { a: generateKeyPair(crypto, random), b: generateKeyPair(crypto, random) };
  const rates: Rate[] = await measure(rawPair(sodiumBoxes() ?? tweetnaclBoxes, TEXT.length, keys));
  return { seal: rates[0]?.perSecond ?? NaN, open: rates[1]?.perSecond ?? NaN };
}

/** Messages a second to friends whose keys we hold. */
function sends(inFlight: number): Promise<number> {
  return withDirectory('lmdb', async (directory) => {
    const parts = await durableParts(directory);
    const messages = inFlight === 1 ? 1000 : FRIENDS * KEYS;
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const friends = await takeKeys(parts);
      const send = (i: number) => parts.sender.send(friends[i % FRIENDS] ?? new Uint8Array(), TEXT);
      rates.push(await perSecond(messages, () => withInFlight(messages, inFlight, send)));
    }
    return median(rates);
  });
}

/** Messages a second from friends who hold our keys. */
function receives(): Promise<number> {
  return withDirectory('lmdb', async (directory) => {
    const us = await durableParts(directory);
    const rates: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const envelopes = await sealedForUs(us);
      const receive = async (i: number) => {
        const { code } = await us.receiver.receive(envelopes[i] ?? new Uint8Array(), {
          via: 'stored',
          node: us.keyPair.publicKey,
        });
        if (code !== 'ok') throw new Error(`a message was answered ${code}`);
      };
      rates.push(await perSecond(envelopes.length, () => withInFlight(envelopes.length, 64, receive)));
    }
    return median(rates);
  });
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

/** What a store does that keeps a peer's keys in one file and writes it anew for each. */
function rewrites(): Promise<number> {
  return withFolder(async (folder) => {
    const bundle = new TextEncoder().encode(
      JSON.stringify(
        Array.from({ length: 104 }, (_, id) => ({ id, secret: '0'.repeat(64), public: '0'.repeat(64) })),
      ),
    );
    return perSecond(300, async () => {
      for (let i = 0; i < 300; i += 1) await disk.writeFile(path.join(folder, 'bundle.json'), bundle);
    });
  });
}

async function perSecond(operations: number, run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (operations * 1000) / (performance.now() - start);
}
