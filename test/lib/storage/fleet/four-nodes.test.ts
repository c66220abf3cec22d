import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { FleetFriends } from '../../../../lib/storage/fleet/fleet-friends';
import { fleetMarksKey } from '../../../../lib/storage/fleet/storage-fleet';
import { openLocalEngine } from '../../../../lib/storage/local/local-engine';
import { MessageStorage } from '../../../../lib/storage/message-storage';
import type { FleetRegister } from '../../../../lib/storage/fleet/fleet-register';
import { MemoryFleetRegister } from '../../../../lib/testing/memory-fleet-register';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { mailboxOf } from '../../../../lib/protocol/names';

const crypto = createPortableProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const keyOf = (name: string) => crypto.keyPairFromSecret(digest(name)).publicKey;
const [SENDER, RECIPIENT, STRANGER] = [keyOf('sender'), keyOf('recipient'), keyOf('stranger')];

function envelopeTo(recipient: Uint8Array, n: number): Uint8Array {
  const envelope = new Uint8Array(287).fill(n & 0xff);
  envelope[0] = 1;
  envelope.set(mailboxOf(crypto, recipient), 1);
  envelope.set(keyOf(`ephemeral ${n}`), 49);
  return envelope;
}

describe('four storage nodes of one fleet', () => {
  let time: SimulatedTime;
  let warnings: string[];
  const make = (register: FleetRegister = new MemoryFleetRegister()) => {
    time = new SimulatedTime();
    warnings = [];
    const ages = { now: () => Math.floor(time.clock.monotonic() / 1000) };
    const engine = openLocalEngine({ store: openMemoryStore(new MemoryVolume()), crypto, ages });
    const marksKey = fleetMarksKey(crypto, digest('marks'));
    const log = { warn: (text: string) => warnings.push(text) };
    const nodes = [0, 1, 2, 3].map((n) => {
      const components = { register, clock: time.clock, timers: time.timers, log };
      const friends = new FleetFriends(components, keyOf(`node ${n}`));
      const storage = new MessageStorage({
        engine,
        crypto,
        random: new SeededRandom(`node ${n}`),
        clock: time.clock,
        timers: time.timers,
        capacity: { messages: 100_000, bytes: 100_000_000, update: async () => undefined },
        // The recipient is a friend of the first alone.
        friends: n === 0 ? [SENDER, RECIPIENT] : [SENDER],
        role: 'friends',
        fleet: { friends, marksKey },
      });
      friends.start();
      return { storage, friends };
    });
    return { engine, nodes };
  };

  it('take together what one may take of a submitter, of 240 stores at once: 100', async () => {
    const { engine, nodes } = make();
    await time.advance(20_000);
    const answers = await Promise.all(
      Array.from({ length: 240 }, (_, n) =>
        nodes[n % 4]!.storage.tryStore(SENDER, envelopeTo(RECIPIENT, n), 3600),
      ),
    );
    const codes = answers.map(({ code }) => code);
    assert.equal(codes.filter((code) => code === 'ok').length, 100);
    assert.equal(codes.filter((code) => code === 'mailbox-share').length, 140);
    assert.equal(engine.total().messages, 100);
  });

  it('take mail for a friend of any of them, and for nobody else', async () => {
    const { nodes } = make();
    await time.advance(20_000);
    const [, , third] = nodes;
    assert.equal((await third!.storage.tryStore(SENDER, envelopeTo(RECIPIENT, 1), 3600)).code, 'ok');
    assert.equal((await third!.storage.tryStore(SENDER, envelopeTo(STRANGER, 2), 3600)).code, 'no-mailbox');
    nodes[1]!.storage.setFriends([SENDER, STRANGER]);
    await time.advance(1_000);
    assert.equal((await third!.storage.tryStore(SENDER, envelopeTo(STRANGER, 2), 3600)).code, 'ok');
  });

  it('take all that come while one of them asks for the friends of the others', async () => {
    const { nodes } = make();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        nodes[3]!.storage.tryStore(SENDER, envelopeTo(RECIPIENT, n), 3600),
      ),
    );
    assert.deepEqual(
      answers.map(({ code }) => code),
      new Array(10).fill('ok'),
    );
  });

  it('know one envelope, whichever of them has it, and delete it once', async () => {
    const { nodes } = make();
    await time.advance(20_000);
    const envelope = envelopeTo(RECIPIENT, 1);
    const codes = await Promise.all(
      nodes.map(async ({ storage }) => (await storage.tryStore(SENDER, envelope, 3600)).code),
    );
    assert.deepEqual(codes.toSorted(), ['known', 'known', 'known', 'ok']);
    const { items } = await nodes[3]!.storage.retrieveMessages(RECIPIENT);
    assert.equal(items.length, 1);
    await nodes[3]!.storage.deleteMessage(items[0]!.storageId, RECIPIENT);
    for (const { storage } of nodes) {
      assert.deepEqual((await storage.retrieveMessages(RECIPIENT)).items, []);
    }
  });

  it('go on with what they know while the register fails, and say so once', async () => {
    const register = new MemoryFleetRegister();
    const { nodes } = make(register);
    await time.advance(20_000);
    register.read = () => Promise.reject(new Error('unreachable'));
    await time.advance(60_000);
    assert.equal((await nodes[2]!.storage.tryStore(SENDER, envelopeTo(RECIPIENT, 1), 3600)).code, 'ok');
    assert.equal(
      (await nodes[2]!.storage.tryStore(SENDER, envelopeTo(STRANGER, 2), 3600)).code,
      'no-mailbox',
    );
    assert.equal(warnings.length, nodes.length);
  });

  it('tell each other of their friends once the register that failed answers, and again when it forgot', async () => {
    const memory = new MemoryFleetRegister();
    let state: 'works' | 'fails' = 'fails';
    const guard = <T>(work: () => Promise<T>) =>
      state === 'works' ? work() : Promise.reject(new Error('unreachable'));
    const { nodes } = make({
      publish: (...args) => guard(() => memory.publish(...args)),
      read: () => guard(() => memory.read()),
    });
    const takes = async (n: number) =>
      (await nodes[2]!.storage.tryStore(SENDER, envelopeTo(RECIPIENT, n), 3600)).code;
    await time.advance(60_000);
    assert.equal(await takes(1), 'no-mailbox');
    state = 'works';
    await time.advance(20_000);
    assert.equal(await takes(1), 'ok');
    await memory.publish(keyOf('node 0'), []);
    await time.advance(10_000);
    assert.equal(await takes(2), 'no-mailbox', 'as in a database that was restored');
    await time.advance(20_000);
    assert.equal(await takes(2), 'ok');
  });
});
