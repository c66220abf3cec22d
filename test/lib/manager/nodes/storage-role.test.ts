import assert from 'node:assert/strict';
import path from 'node:path';
import { compareBytes } from '../../../../lib/bytes';
import { MIN_STORAGE_BYTES } from '../../../../lib/constants';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import type { AsyncManagerOptions } from '../../../../lib/manager/options';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { decodeHello2, HELLO } from '../../../../lib/protocol/session/hello';
import { encodeSessionMessage } from '../../../../lib/protocol/session/message-kinds';
import type { StorageRole } from '../../../../lib/types';
import { makeScratch } from '../../store/support/scratch';
import { envelopeTo } from '../../storage/support/storage-fixture';
import { MemoryDirectory } from '../../../support/memory-directory';
import { MINUTE, waitFor, World } from '../../../support/world';
import { RawPeer } from '../../network/support/raw-peer';
import { TestTransport } from '../../network/support/test-transport';
import { crypto } from '../../network/support/world';

describe('the storage role of a session', () => {
  let world: World;

  afterEach(() => world.stop());

  async function sendWhileAway(role: StorageRole) {
    world = new World(`role ${role}`);
    const device = await world.add('Device');
    const phone = await world.add('Phone');
    const node = await world.add('Home Pi', { storageRole: role });
    await world.settle();
    await phone.online(false);
    await world.run(MINUTE);
    const sent = await device.send(phone, 'leak');
    await world.run(MINUTE);
    const kept = node.manager.getStorageStats().totalMessages;
    await device.online(false);
    await phone.online(true);
    await world.run(MINUTE);
    return { states: device.statesOf(sent), kept, texts: phone.texts };
  }

  for (const role of ['friends', 'everyone'] as const) {
    it(`"${role}" keeps mail for friends who are away`, async () => {
      const { states, kept, texts } = await sendWhileAway(role);
      assert.deepEqual([states.includes('stored'), kept, texts], [true, 1, ['leak']]);
    });
  }

  it('"off" keeps none, and senders know it', async () => {
    const { states, kept, texts } = await sendWhileAway('off');
    assert.deepEqual([states.includes('stored'), kept, texts], [false, 0, []]);
  });
});

describe('a session towards a peer whose every byte is chosen', () => {
  const time = new SimulatedTime();
  let manager: AsyncManager;

  /** The session is side 2: it answers hellos. */
  async function meet(options: Partial<AsyncManagerOptions> = {}): Promise<RawPeer> {
    const random = new SeededRandom(1);
    const [theirs, own] = [generateKeyPair(crypto, random), generateKeyPair(crypto, random)].sort((a, b) =>
      compareBytes(a.publicKey, b.publicKey),
    );
    assert.ok(own && theirs);
    const memory = new MemoryDirectory();
    const platform = { clock: time.clock, timers: time.timers, random, disk: memory.disk };
    const directory = await waitFor(time, memory.open(platform, crypto));
    const transport = new TestTransport(own.publicKey, time);
    transport.known.push(theirs.publicKey);
    const created = AsyncManager.create({
      dataDir: '/data',
      directory,
      platform,
      crypto,
      keyPair: own,
      transport,
      diskSpace: () => Promise.resolve({ freeBytes: 1e11 }),
      ...options,
    });
    manager = await waitFor(time, created);
    await waitFor(time, manager.start());
    transport.handler?.onFriend(theirs.publicKey, true);
    return new RawPeer({ crypto, random, identity: theirs, transport });
  }

  afterEach(() => waitFor(time, manager.stop()));

  for (const [role, flags] of [
    ['friends', { acceptsStores: true, openNode: false }],
    ['everyone', { acceptsStores: true, openNode: true }],
    ['off', { acceptsStores: false, openNode: false }],
  ] as const) {
    it(`says in its hello what "${role}" means`, async () => {
      const peer = await meet({ storageRole: role });
      peer.sayHello();
      const hello = peer.received().find((message) => message[0] === HELLO);
      assert.deepEqual(decodeHello2(hello ?? assert.fail()).flags, flags);
    });
  }

  it('answers storage requests inside a session only', async () => {
    const peer = await meet();
    const own = peer.identity.publicKey;
    const store = { kind: 'store', request: 7, remaining: 60, envelope: envelopeTo(own, 'x') } as const;
    const { kind, body } = encodeSessionMessage(store);
    const bare = new Uint8Array([kind, ...body]);
    const invented = { send: new Uint8Array(32).fill(1), receive: new Uint8Array(32).fill(2) };
    peer.send(bare);
    peer.send(peer.sealMessage(store, 1, invented));
    await time.advance(1000);
    assert.equal(manager.getStorageStats().totalMessages, 0);
    peer.greet();
    peer.send(bare);
    peer.send(peer.sealMessage(store, 1, invented));
    await time.advance(1000);
    assert.equal(manager.getStorageStats().totalMessages, 0);
    peer.say(store);
    await time.advance(1000);
    assert.equal(manager.getStorageStats().totalMessages, 1);
    const answer = peer.opened().find((message) => message.kind === 'store-answer');
    assert.deepEqual([answer?.request, answer?.code], [7, 'ok']);
  });

  it('takes as many messages at once as its option says', async () => {
    const peer = await meet({ storageLimits: { storeBurst: 1 } });
    const own = peer.identity.publicKey;
    peer.greet();
    for (const [request, text] of ['first', 'second'].entries()) {
      peer.say({ kind: 'store', request, remaining: 60, envelope: envelopeTo(own, text) });
    }
    await time.advance(1000);
    const codes = ['', ''];
    for (const answer of peer.opened()) {
      if (answer.kind === 'store-answer') codes[answer.request] = answer.code;
    }
    assert.deepEqual(codes, ['ok', 'rate']);
  });
});

describe('the storage capacity of a session', () => {
  it('on nedb is at most 20,000 messages, however large disk and cap are', async () => {
    const scratch = makeScratch();
    const open = async (engine: 'lmdb' | 'nedb') => {
      const manager = await AsyncManager.create({
        dataDir: path.join(scratch.path, engine),
        engine,
        storageCapBytes: 1e9,
        diskSpace: () => Promise.resolve({ freeBytes: 1e12 }),
      });
      await manager.start();
      while (manager.getStorageStats().capacityBytes === MIN_STORAGE_BYTES) await new Promise(setImmediate);
      const { storageCapacity } = manager.getStorageStats();
      await manager.stop();
      return storageCapacity;
    };
    try {
      assert.ok((await open('nedb')) <= 20_000);
      assert.equal(await open('lmdb'), 1_536_000);
    } finally {
      scratch.remove();
    }
  });
});
