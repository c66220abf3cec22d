/**
 * Automatic storage node operation, first as a part of every session, then by hand.
 *
 * A MessageStorage keeps envelopes for its friends and can open none of them. It runs on a machine in memory here, from
 * `node-red-contrib-tox-async/testing`, so that a day passes at once.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AsyncManager,
  ForwardSecurityManager,
  MAX_STORAGE_TIME,
  MessageStorage,
  StorageCapacity,
  ToxAsyncError,
  chooseCryptoProvider,
  generateKeyPair,
  openLocalEngine,
} from 'node-red-contrib-tox-async';
import {
  MemoryDisk,
  MemoryVolume,
  SeededRandom,
  SimulatedTime,
  openMemoryDirectory,
} from 'node-red-contrib-tox-async/testing';

// Every session is a storage node for its friends; 1 % of the free disk space is the most it takes.
const folder = await mkdtemp(path.join(tmpdir(), 'tox-async-node-'));
const diskSpace = async () => ({ freeBytes: 2_000_000_000 });
const manager = await AsyncManager.create({ dataDir: folder, diskSpace });
await manager.start();
const { totalMessages, capacityBytes } = manager.getStorageStats();
console.log(`the session's storage: ${totalMessages} messages, ${capacityBytes / 1e6} MB at most`);
await manager.stop();
await rm(folder, { recursive: true });

// The same by hand. The node has two friends: Alice, who submits, and Bob, who receives.
const crypto = chooseCryptoProvider();
const time = new SimulatedTime();

async function openMachine(name) {
  const random = new SeededRandom(name);
  const platform = { clock: time.clock, timers: time.timers, random, disk: new MemoryDisk() };
  const directory = await openMemoryDirectory({ platform, crypto, volume: new MemoryVolume() });
  return { directory, ...platform };
}

async function openUser(name) {
  const { directory, random, clock } = await openMachine(name);
  const { store, vault, ages } = directory;
  const keyPair = generateKeyPair(crypto, random);
  const keys = await ForwardSecurityManager.create({ crypto, random, clock, ages, keyPair, store, vault });
  return { keys, directory, publicKey: keyPair.publicKey };
}

const alice = await openUser('Alice');
const bob = await openUser('Bob');
await alice.keys.processPreKeyExchange(await bob.keys.exchangePreKeys(alice.publicKey));

const { directory, random, clock, timers } = await openMachine('node');
const { store, ages } = directory;
const capacity = new StorageCapacity({ path: directory.path, probe: diskSpace });
await capacity.update();
const storage = new MessageStorage({
  engine: openLocalEngine({ store, crypto, ages }),
  crypto,
  random,
  clock,
  timers,
  capacity,
  friends: [alice.publicKey, bob.publicKey],
  role: 'friends',
});

/** What a storage node does with a request; the session's own service does the same. */
async function handleStoreRequest(submitter, envelope, remaining) {
  try {
    const { code, kept } = await storage.storeMessage(submitter, envelope, remaining);
    console.log(`stored: ${code}, for ${kept / 3600} hours`);
  } catch (error) {
    if (!ToxAsyncError.is(error)) throw error;
    console.log(`refused: ${error.code}`);
  }
}

const seal = async (text) => {
  const { envelope } = await alice.keys.sendForwardSecureMessage(bob.publicKey, Buffer.from(text));
  return envelope;
};
await handleStoreRequest(alice.publicKey, await seal('first'), MAX_STORAGE_TIME);
await handleStoreRequest(alice.publicKey, await seal('second'), MAX_STORAGE_TIME);
await handleStoreRequest(alice.publicKey, Buffer.from('no envelope'), MAX_STORAGE_TIME);

// Bob fetches one and deletes it; the other one is left until its time is over.
const { items } = await storage.retrieveMessages(bob.publicKey);
console.log(`${items.length} messages wait for Bob`);
const { envelope } = await storage.getMessage(bob.publicKey, items[0].storageId);
const { data } = await bob.keys.decryptForwardSecureMessage(envelope);
console.log(`Bob reads: ${Buffer.from(data).toString()}`);
await storage.deleteMessage(items[0].storageId, bob.publicKey);

// Periodic cleanup: a session does it by itself.
await time.advance(MAX_STORAGE_TIME * 1000 + 1000);
console.log(`cleaned up ${await storage.cleanupExpiredMessages()} expired message`);
console.log(`the node's storage: ${storage.getStorageStats().totalMessages} messages`);

for (const each of [alice.directory, bob.directory, directory]) await each.close();
