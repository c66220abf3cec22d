import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { AsyncManager } from '../../../lib/manager/async-manager';
import { SeededRandom, SimulatedTime } from '../../../lib/testing/simulated-platform';
import type { Transport } from '../../../lib/transport/transport';
import { MemoryDirectory } from '../../support/memory-directory';

const crypto = chooseCryptoProvider();

/** A network with nobody on it; `fails` makes its next starts fail. */
class EmptyNetwork implements Transport {
  readonly calls: string[] = [];
  fails = false;

  constructor(readonly self: Uint8Array) {}

  start(): Promise<void> {
    this.calls.push('start');
    return this.fails ? Promise.reject(new Error('no cable')) : Promise.resolve();
  }

  stop(): Promise<void> {
    this.calls.push('stop');
    return Promise.resolve();
  }

  isOnline = () => false;
  friends = () => [];
  isFriendOnline = () => false;
  nameOf = () => undefined;
  sendPacket = () => 'offline' as const;
  sendMessage = () => Promise.resolve(false);
}

async function session() {
  const { clock, timers } = new SimulatedTime();
  const memory = new MemoryDirectory();
  const platform = { clock, timers, random: new SeededRandom('transports'), disk: memory.disk };
  const manager = await AsyncManager.create({
    dataDir: '/data',
    directory: await memory.open(platform, crypto),
    platform,
    crypto,
    diskSpace: () => Promise.resolve({ freeBytes: 1e11 }),
  });
  const told: boolean[] = [];
  manager.events.on('transport-status', ({ attached }) => told.push(attached));
  return { manager, network: new EmptyNetwork(manager.publicKey), told };
}

describe('the transport of a session', () => {
  it('starts with the session when it was there before', async () => {
    const { manager, network, told } = await session();
    await manager.attachTransport(network);
    assert.deepEqual(network.calls, []);
    await manager.start();
    await manager.start();
    assert.deepEqual(network.calls, ['start']);
    await manager.stop();
    assert.deepEqual(network.calls, ['start', 'stop']);
    assert.deepEqual(told, [true]);
  });

  it('starts once when it comes while the session starts', async () => {
    const { manager, network } = await session();
    await Promise.all([manager.start(), manager.attachTransport(network)]);
    assert.deepEqual(network.calls, ['start']);
    assert.ok(manager.transportAttached);
    await manager.stop();
  });

  it('does not start when the session was stopped while it started', async () => {
    const { manager, network } = await session();
    await manager.attachTransport(network);
    const starting = manager.start();
    const stopping = manager.stop();
    await Promise.allSettled([starting, stopping]);
    assert.deepEqual(network.calls, []);
    await assert.rejects(manager.attachTransport(network), { code: 'ErrClosed' });
  });

  it('is one at a time, and may come and go', async () => {
    const { manager, network, told } = await session();
    await manager.start();
    await manager.attachTransport(network);
    const second = new EmptyNetwork(manager.publicKey);
    await assert.rejects(manager.attachTransport(second), { code: 'ErrTransportAttached' });
    await manager.detachTransport();
    await manager.attachTransport(second);
    await manager.stop();
    assert.deepEqual(
      [network.calls, second.calls],
      [
        ['start', 'stop'],
        ['start', 'stop'],
      ],
    );
    assert.deepEqual(told, [true, false, true]);
  });

  it('is not attached when it does not start or is under another identity, and may be tried again', async () => {
    const { manager, network } = await session();
    await manager.start();
    network.fails = true;
    await assert.rejects(manager.attachTransport(network), /no cable/);
    const foreign = new EmptyNetwork(manager.publicKey.map((byte) => byte ^ 1));
    await assert.rejects(manager.attachTransport(foreign), { code: 'ErrIdentityMismatch' });
    assert.equal(manager.transportAttached, false);
    network.fails = false;
    await manager.attachTransport(network);
    assert.ok(manager.transportAttached);
    await manager.stop();
  });
});
