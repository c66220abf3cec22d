import { setTimeout as wait } from 'node:timers/promises';
import { MAX_OUTBOX_MESSAGES, PRE_KEYS_PER_PEER, URGENT_KEYS_PER_PEER } from '../../lib/constants';
import { ToxAsyncError } from '../../lib/errors';
import { count, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { RAISED, SIZE } from './costs';
import type { Party } from './parties/party';
import { World } from './parties/world';
import { Broker } from './peers/broker';
import { BrokerClient } from './peers/broker-client';

const NODES = 50;
/** Each friend is sent as many as a full stock of its keys allows: the last ones serve urgent messages alone. */
const FOR_EACH = PRE_KEYS_PER_PEER - URGENT_KEYS_PER_PEER;
const FRIENDS = Math.ceil(MAX_OUTBOX_MESSAGES / FOR_EACH);
/** Nodes that each friend polls. */
const POLLED = 5;
/** Nodes and friends hardly write to each other: a full stock of keys for each pair would only take time. */
const FEW_KEYS = { preKeysPerPeer: 4, preKeyRefreshThreshold: 1 };
/** A session that began has done by then what it does in its first minute, milliseconds. */
const BEGIN_MS = 75_000;
/** What happens at once when all is stored is over by then, milliseconds. */
const SETTLE_MS = 75_000;
/** What mosquitto keeps for one client. */
const BROKER_QUEUE = 1000;

/** What waiting costs. @param seconds of real time */
export async function idle(seconds: number): Promise<Report> {
  const { empty, full, messages } = await ours(seconds);
  const broker = await brokers(seconds, messages);
  return {
    title: 'Idle',
    about:
      `Processor time as a share of one core over ${seconds} s of real time. One sender with its store on lmdb is connected with ${NODES} ` +
      `storage nodes (in memory, in the same process: their time is in it); then with its outbox full, ${count(messages)} messages ` +
      `for ${FRIENDS} friends who are away, each on three of the ${POLLED} nodes that its friend polls. Nothing is due, so the limit is 0. mosquitto: the broker alone, with ` +
      `${NODES + 1} clients and as many messages for clients that are away.`,
    columns: ['outbox', 'sender and nodes', 'aim', 'mosquitto'],
    rows: [
      ['empty', percent(empty), '', percent(broker.empty)],
      ['full', percent(full), percent(0.1), percent(broker.full)],
    ],
  };
}

function ours(seconds: number): Promise<{ empty: number; full: number; messages: number }> {
  return withFolder(async (folder) => {
    const world = new World(folder);
    const sender = await world.open('sender', { storageRole: 'off' });
    const nodes = await several(NODES, (i) =>
      world.openInMemory(`node${i}`, { storageLimits: RAISED, limits: FEW_KEYS }),
    );
    const friends = await several(FRIENDS, (i) => world.openInMemory(`friend${i}`, { storageRole: 'off' }));
    for (const node of nodes) world.meet(sender, node);
    for (const [at, friend] of friends.entries()) {
      world.meet(sender, friend);
      for (let i = 0; i < POLLED; i += 1) {
        const node = nodes[(at * POLLED + i) % NODES];
        if (node) world.meet(friend, node);
      }
    }
    for (const { manager } of [...nodes, sender, ...friends]) await manager.start();
    for (const friend of friends) await sender.refill(friend, PRE_KEYS_PER_PEER);
    await wait(BEGIN_MS);
    for (const { manager } of friends) await manager.stop();
    const share = () => shareOver(seconds, () => process.cpuUsage());
    const empty = await share();
    const messages = await fill(sender, friends);
    await wait(SETTLE_MS);
    const full = await share();
    await world.close();
    return { empty, full, messages };
  });
}

/** As many as the outbox takes, all stored. @returns how many */
async function fill(sender: Party, friends: readonly Party[]): Promise<number> {
  let accepted = 0;
  for (const friend of friends) {
    const sends = await several(FOR_EACH, () => isAccepted(sender, friend));
    accepted += sends.filter(Boolean).length;
  }
  await sender.stored.reach(accepted);
  return accepted;
}

/** False when the outbox has no room for another message to this friend. */
async function isAccepted(sender: Party, friend: Party): Promise<boolean> {
  try {
    await sender.manager.sendAsyncMessage(friend.key, 'x'.repeat(SIZE));
    return true;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrOutboxFull')) return false;
    throw error;
  }
}

function brokers(seconds: number, messages: number): Promise<{ empty: number; full: number }> {
  return withFolder(async (folder) => {
    const broker = await Broker.start(folder);
    const clients = await several(NODES + 1, async (i) => {
      const client = new BrokerClient(broker.url, `client${i}`);
      await client.connect();
      return client;
    });
    const absent = await several(Math.ceil(messages / BROKER_QUEUE), async (i) => {
      const client = new BrokerClient(broker.url, `absent${i}`);
      await client.connect();
      await client.subscribe(`to/${i}`);
      await client.disconnect();
      return client;
    });
    const share = () => shareOver(seconds, async () => ({ user: (await broker.cpu()) * 1e6, system: 0 }));
    const empty = await share();
    for (let i = 0; i < messages; i += 1) {
      await clients[0]?.publish(`to/${i % absent.length}`, 'x'.repeat(SIZE));
    }
    const full = await share();
    await Promise.all(clients.map((client) => client.disconnect()));
    await broker.stop();
    return { empty, full };
  });
}

/** Percent of one core. @param cpu microseconds so far */
async function shareOver(
  seconds: number,
  cpu: () => NodeJS.CpuUsage | Promise<NodeJS.CpuUsage>,
): Promise<number> {
  const before = await cpu();
  const start = performance.now();
  await wait(seconds * 1000);
  const after = await cpu();
  const microseconds = after.user + after.system - before.user - before.system;
  return microseconds / 10 / (performance.now() - start);
}

function several<T>(count: number, open: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => open(i)));
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}
