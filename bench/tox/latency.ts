import path from 'node:path';
import { AsyncManager, toHex, ToxcoreTransport, type PublicKey } from '../../lib/index';
import type { BootstrapNode } from '../../lib/transport/toxcore/bootstrap-nodes';
import { until } from '../../test/network/support/until';
import { median } from '../support/measure';
import type { Report } from '../support/report';
import { withFolder } from '../support/scratch';

const ROUNDS = 3;

/** How long an alert that waits on a storage node takes once its recipient is started. */
export function latency(node: BootstrapNode): Promise<Report> {
  return withFolder(async (folder) => {
    const home = await open(folder, 'Home Pi', node);
    let [device, phone] = [await open(folder, 'Device', node), await open(folder, 'Phone', node)];
    const friend = phone.publicKey;
    const all = [device, home, phone];
    for (const one of all) {
      for (const other of all) if (one !== other) await one.addFriend(other.publicKey);
      await one.start();
    }
    await until('keys for the phone, and a session of each with each', () => {
      const sendable = device.getPreKeyStats().get(toHex(friend))?.sendable ?? 0;
      return sendable > 0 && all.every((one) => one.friends().every(({ session }) => session));
    });

    const connecting: number[] = [];
    const reading: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await phone.stop();
      await storeAlert(device, friend, home.publicKey);
      await device.stop();
      phone = await open(folder, 'Phone', node);
      const [started, online, read] = await timesOf(phone, home.publicKey);
      connecting.push(online - started);
      reading.push(read - online);
      device = await open(folder, 'Device', node);
      await device.start();
    }
    for (const one of [device, home, phone]) await one.stop();

    const row = (name: string, ms: readonly number[]) => [
      name,
      seconds(median(ms)),
      seconds(Math.max(...ms)),
    ];
    return {
      title: 'An alert that waits for its recipient',
      about:
        `Over real Tox on loopback, ${ROUNDS} times: the recipient is started while its mail waits on a storage ` +
        'node and its sender is away. Connecting is the work of libtoxcore; from then on it is ours: a session, list, fetch, decryption ' +
        'and two durable batches.',
      columns: ['', 'median, s', 'longest, s'],
      rows: [
        row('from the start to the connection with the storage node', connecting),
        row('from that connection to the flow', reading),
      ],
    };
  });
}

async function open(folder: string, name: string, node: BootstrapNode): Promise<AsyncManager> {
  const manager = await AsyncManager.create({ dataDir: path.join(folder, name) });
  const transport = new ToxcoreTransport({ settings: { bootstrap: [node] }, ...manager.profile });
  await manager.attachTransport(transport);
  return manager;
}

/** Resolves when `home` has it, and nobody else can bring it. */
async function storeAlert(device: AsyncManager, friend: PublicKey, home: PublicKey): Promise<void> {
  const isOnline = (key: PublicKey) =>
    device.friends().some(({ publicKey, session }) => toHex(publicKey) === toHex(key) && session);
  await until('the phone is gone and the home Pi is there', () => !isOnline(friend) && isOnline(home));
  const outcomes = device.events.iterate('outcome');
  await device.sendAsyncMessage(friend, 'Water in the cellar: 4 cm and rising');
  for await (const { state } of outcomes) if (state === 'stored') break;
}

/** When it was started, was connected with `home` and handed the message over. */
async function timesOf(phone: AsyncManager, home: PublicKey): Promise<[number, number, number]> {
  const online = new Promise<number>((resolve) => {
    phone.events.on('friend-status', (status) => {
      if (status.online && toHex(status.friend) === toHex(home)) resolve(performance.now());
    });
  });
  const read = new Promise<number>((resolve) => {
    phone.setMessageHandler(() => resolve(performance.now()));
  });
  const started = performance.now();
  await phone.start();
  return [started, await online, await read];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
