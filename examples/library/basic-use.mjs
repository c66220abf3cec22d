/**
 * Basic use with forward secrecy: a message for a friend who is offline.
 *
 * Three users, each with a data directory of their own, on a network inside this process. Bob goes offline, Carol keeps
 * Alice's message, and Bob gets it when he is back. Every user is a storage node for friends by default.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AsyncManager,
  MESSAGE_TYPE_NORMAL,
  VirtualNetwork,
  systemPlatform,
  toHex,
} from 'node-red-contrib-tox-async';

const folder = await mkdtemp(path.join(tmpdir(), 'tox-async-basic-'));
const network = new VirtualNetwork(systemPlatform);

async function open(name) {
  // Makes the directory and an identity in it at the first start.
  const manager = await AsyncManager.create({ dataDir: path.join(folder, name) });
  const transport = network.join({ publicKey: manager.publicKey, name });
  await manager.attachTransport(transport);
  await manager.start();
  return { manager, transport, publicKey: manager.publicKey };
}

const alice = await open('Alice');
const bob = await open('Bob');
const carol = await open('Carol');

const outcomes = alice.manager.events.iterate('outcome');
const received = new Promise((resolve) => {
  bob.manager.setMessageHandler((message) => resolve(message));
});

// Friends who are online together give each other one-time keys.
await alice.manager.waitForKeys(bob.publicKey);
const keysOfBob = () => alice.manager.getPreKeyStats().get(toHex(bob.publicKey)).sendable;
console.log(`Alice can seal ${keysOfBob()} messages for Bob`);

await bob.transport.setOnline(false);
const receipt = await alice.manager.sendAsyncMessage(
  bob.publicKey,
  'Hello from the past!',
  MESSAGE_TYPE_NORMAL,
);
console.log(`the message is ${receipt.state}`);

const { value: stored } = await outcomes.next();
console.log(`the message is ${stored.state}`);
console.log(`Alice can seal ${keysOfBob()} messages for Bob`);
console.log(`Carol stores ${carol.manager.getStorageStats().totalMessages} message`);

await bob.transport.setOnline(true);
const message = await received;
console.log(`Bob received: ${message.content}`);
const { value: delivered } = await outcomes.next();
console.log(`the message is ${delivered.state}`);

for (const { manager } of [alice, bob, carol]) await manager.stop();
await rm(folder, { recursive: true });
