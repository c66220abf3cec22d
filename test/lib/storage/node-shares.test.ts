import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOf } from '../../../lib/testing/engine/sample-mail';
import {
  alice,
  bob,
  envelopeTo,
  mallory,
  openStorage,
  type StorageUnderTest,
} from './support/storage-fixture';

/** Limits that only the node's capacity can reach. */
const limits = { storeBurst: 1e9, maxMessagesPerRecipient: 1e9 };

let word = 0;
async function fill({ storage }: StorageUnderTest, from: Uint8Array, most: number, seconds = 3600) {
  for (let stored = 0; stored < most; stored++) {
    const { code } = await storage.tryStore(from, envelopeTo(bob, `fill ${word++}`), seconds);
    if (code !== 'ok') return { stored, code };
  }
  return { stored: most, code: 'ok' };
}

const people = (count: number) => [
  bob,
  ...Array.from({ length: count - 1 }, (_, n) => bytesOf(`friend ${n}`)),
];

describe('shares of a storage node', () => {
  it('give one submitter its guaranteed share and a quarter of the other half, no more', async () => {
    // Capacity 160: 80 are guaranteed, 8 to each of 10 friends; a quarter of the other 80 is 20.
    const under = openStorage({ limits, room: { messages: 160 }, friends: people(10) });
    assert.deepEqual(await fill(under, bytesOf('friend 0'), 100), { stored: 28, code: 'node-share' });
  });

  it('never refuse a friend below its guaranteed share, whatever the others did', async () => {
    const friends = people(10);
    const under = openStorage({ limits, room: { messages: 160 }, friends });
    for (const flooder of friends.slice(1, 7)) await fill(under, flooder, 100);
    for (const late of friends.slice(7)) {
      assert.deepEqual(await fill(under, late, 8), { stored: 8, code: 'ok' });
      assert.equal((await fill(under, late, 1)).code, 'node-full');
    }
  });

  it('refuse with "node-full" when the first-come half is taken, before the own share is used up', async () => {
    const friends = people(10);
    const under = openStorage({ limits, room: { messages: 160 }, friends });
    for (const one of friends.slice(0, 4)) {
      assert.deepEqual(await fill(under, one, 100), { stored: 28, code: 'node-share' });
    }
    assert.deepEqual(await fill(under, friends[5] ?? bob, 100), { stored: 8, code: 'node-full' });
  });

  it('hold for bytes as for messages', async () => {
    // 650 bytes each for the smallest envelope: room for 160 of them.
    const under = openStorage({ limits, room: { messages: 1e6, bytes: 160 * 650 }, friends: people(10) });
    assert.deepEqual(await fill(under, bytesOf('friend 0'), 100), { stored: 28, code: 'node-share' });
  });

  it('leave half of the bytes that one submitter may have to what is no chunk of a large message', async () => {
    // The share of each: 8 chunks of the guaranteed half and 20 of the other, 7,464 bytes each.
    const room = { messages: 1e6, bytes: 160 * 7464 };
    const under = openStorage({ limits, room, friends: people(10) });
    const store = async (from: Uint8Array, n: number, size: number) =>
      (await under.storage.tryStore(from, envelopeTo(bob, `${size} ${n}`, size), 60)).code;
    const codes: string[] = [];
    for (let n = 0; n < 15; n++) codes.push(await store(bytesOf('friend 0'), n, 5397));
    assert.deepEqual(new Set(codes.slice(0, 14)), new Set(['ok']));
    assert.equal(codes[14], 'node-share');
    assert.equal(await store(bytesOf('friend 1'), 20, 5397), 'ok');
    for (let n = 0; n < 45; n++) assert.equal(await store(bytesOf('friend 0'), n, 1534), 'ok');
    assert.equal(await store(bytesOf('friend 0'), 45, 1534), 'node-share');
  });

  it('delete expired mail before they refuse, and never mail that still has time', async () => {
    const under = openStorage({ limits, room: { messages: 16 }, friends: [alice, bob] });
    assert.deepEqual(await fill(under, alice, 5, 10), { stored: 5, code: 'ok' });
    assert.deepEqual(await fill(under, alice, 5, 20), { stored: 1, code: 'node-share' });
    await under.time.advance(10_000);
    assert.deepEqual(await fill(under, alice, 9), { stored: 5, code: 'node-share' });
    assert.equal((await under.storage.retrieveMessages(bob)).items.length, 6);
  });

  it('give a submitter who is no friend nothing of the guaranteed half', async () => {
    const under = openStorage({ limits, room: { messages: 160 }, friends: people(10) });
    assert.deepEqual(await fill(under, mallory, 100), { stored: 20, code: 'node-share' });
  });

  it('count mail of earlier runs against the first-come half, so capacity holds after a restart', async () => {
    const friends = people(10);
    let under = openStorage({ limits, room: { messages: 160 }, friends });
    for (const one of friends.slice(0, 3)) await fill(under, one, 28);
    under = await under.restart();
    // 84 of an earlier run: nothing is left of the first-come 80, and 76 of the guaranteed ones, 7.6 to each.
    for (const one of friends) {
      assert.deepEqual(await fill(under, one, 100), { stored: 7, code: 'node-full' });
    }
    assert.equal(under.storage.getStorageStats().totalMessages, 154);
  });

  it('stay guaranteed when a full node starts again: nobody takes what is left for the others', async () => {
    const friends = people(10);
    let under = openStorage({ limits, room: { messages: 160 }, friends });
    const [honest = bob, ...flooders] = friends.toReversed();
    for (const one of flooders) await fill(under, one, 100);
    // 72 guaranteed to the nine, and the first-come 80: 8 are left.
    assert.equal(under.storage.getStorageStats().totalMessages, 152);
    under = await under.restart();
    for (const one of flooders) await fill(under, one, 100);
    assert.equal((await fill(under, honest, 1)).code, 'node-full');
    const { items } = await under.storage.retrieveMessages(bob);
    for (const { storageId } of items.slice(0, 30)) await under.storage.deleteMessage(storageId, bob);
    for (const one of flooders) await fill(under, one, 100);
    // 38 are left, 3.8 to each.
    assert.deepEqual(await fill(under, honest, 100), { stored: 3, code: 'node-full' });
  });

  it('are not overrun by many stores at once', async () => {
    const under = openStorage({ limits, room: { messages: 160 }, friends: people(10) });
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, n) => under.storage.tryStore(bob, envelopeTo(bob, `at once ${n}`), 60)),
    );
    assert.equal(all.filter(({ code }) => code === 'ok').length, 28);
  });

  it('never exceed the capacity and hold, in any order of stores, before a restart and after it', async () => {
    const friends = people(4);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 20, maxLength: 60 }),
        fc.nat(20),
        async (order, earlier) => {
          let under = openStorage({ limits, room: { messages: 16 }, friends });
          if (earlier > 0) {
            for (const index of order.slice(0, earlier)) await fill(under, friends[index] ?? bob, 1);
            under = await under.restart();
          }
          const guaranteed = Math.floor(Math.min(8, 16 - under.storage.getStorageStats().totalMessages) / 4);
          for (const index of order) await fill(under, friends[index] ?? bob, 1);
          assert.ok(under.storage.getStorageStats().totalMessages <= 16);
          // Everybody has its share, or did not ask.
          for (const [index, friend] of friends.entries()) {
            const open = guaranteed - order.filter((one) => one === index).length;
            if (open > 0) assert.deepEqual(await fill(under, friend, open), { stored: open, code: 'ok' });
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
