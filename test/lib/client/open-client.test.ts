import assert from 'node:assert/strict';
import { openAsyncClient, type OpenedClient } from '../../../lib/client/open-client';
import type { Outcome } from '../../../lib/client/messages';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../../lib/errors';
import type { DataDirectory } from '../../../lib/store/directory/data-directory';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import { openMemoryDirectory } from '../../../lib/testing/memory-directory';
import { MemoryVolume } from '../../../lib/testing/memory-store';
import { SeededRandom, SimulatedTime } from '../../../lib/testing/simulated-platform';
import { VirtualNetwork } from '../../../lib/transport/virtual/virtual-network';
import { later } from './support/depositor';
import { textOf } from '../../support/text-of';

describe('an AsyncClient by itself', () => {
  const crypto = createPortableProvider();
  let time: SimulatedTime;
  let random: SeededRandom;
  let network: VirtualNetwork;
  let opened: { client: OpenedClient; directory: DataDirectory }[];

  const open = async (name: string, hooks = {}) => {
    const platform = { clock: time.clock, timers: time.timers, random, disk: new MemoryDisk() };
    const directory = await openMemoryDirectory({ platform, crypto, volume: new MemoryVolume() });
    const keyPair = generateKeyPair(crypto, random);
    const transport = network.join({ publicKey: keyPair.publicKey, name });
    const client = await openAsyncClient({ keyPair, directory, transport, platform, crypto, hooks });
    opened.push({ client, directory });
    await client.start();
    return { client: client.client, pk: keyPair.publicKey, store: directory.store };
  };

  beforeEach(() => {
    time = new SimulatedTime();
    random = new SeededRandom('a client by itself');
    network = new VirtualNetwork({ timers: time.timers, random });
    opened = [];
  });

  afterEach(async () => {
    for (const { client, directory } of opened) {
      await client[Symbol.asyncDispose]();
      await directory.close();
    }
  });

  it('exchanges keys with another, sends a message, and hears that it was delivered', async () => {
    const outcomes: Outcome[] = [];
    const alice = await open('alice', { onOutcome: (outcome: Outcome) => outcomes.push(outcome) });
    const bob = await open('bob');
    const texts: string[] = [];
    bob.client.setMessageHandler((message) => {
      texts.push(textOf(message));
    });
    await time.advance(10_000);
    await alice.client.sendAsyncMessage(bob.pk, 'hello');
    await time.advance(60_000);
    assert.deepEqual(texts, ['hello']);
    assert.deepEqual(
      outcomes.map(({ state }) => state),
      ['delivered'],
    );
  });

  it('has stopped when the disk erased the context of what was told', async () => {
    const alice = await open('alice');
    const bob = await open('bob');
    bob.client.setMessageHandler(() => undefined);
    const erasure = later<void>();
    const batch = alice.store.batch.bind(alice.store);
    alice.store.batch = () => {
      const writes = batch();
      const [commit, erase] = [writes.commit.bind(writes), writes.delete.bind(writes)];
      let isHeld = false;
      writes.delete = (key) => {
        isHeld ||= Buffer.from(key).includes('context');
        return erase(key);
      };
      writes.commit = (how) => (isHeld ? erasure.promise.then(() => commit(how)) : commit(how));
      return writes;
    };
    await time.advance(10_000);
    await alice.client.sendAsyncMessage(bob.pk, 'hello', 0, { context: 'cellar' });
    await time.advance(60_000);
    const order: string[] = [];
    const stopped = alice.client.stop().then(() => order.push('stopped'));
    await time.advance(10_000);
    order.push('the disk goes on');
    erasure.resolve();
    await stopped;
    assert.deepEqual(order, ['the disk goes on', 'stopped']);
  });

  it('takes a key as a storage node only when it is one', async () => {
    const alice = await open('alice');
    await assert.rejects(alice.client.addStorageNode(new Uint8Array(31)), (error) =>
      ToxAsyncError.is(error, 'ErrInvalidKey'),
    );
    await alice.client.addStorageNode(generateKeyPair(crypto, random).publicKey);
  });
});
