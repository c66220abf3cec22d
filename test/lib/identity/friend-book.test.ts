import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { type ErrorCode, ToxAsyncError } from '../../../lib/errors';
import { FriendBook } from '../../../lib/identity/friend-book';
import { formatToxId } from '../../../lib/identity/tox-id';
import { Table } from '../../../lib/store/table';
import { silentLogger } from '../../../lib/types';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';

const crypto = createPortableProvider();
const keyOf = (word: string) =>
  crypto.keyPairFromSecret(crypto.sha256(new TextEncoder().encode(word))).publicKey;
const self = keyOf('self');
const anna = keyOf('anna');
const ben = keyOf('ben');
const short = (key: Uint8Array) => toHex(key).slice(0, 8).toUpperCase();

async function book(volume = new MemoryVolume()) {
  const store = openMemoryStore(volume);
  return { volume, store, friends: await FriendBook.open({ store, self }) };
}

/** True for an error of the code whose message holds all of `parts`. */
const says =
  (code: ErrorCode, ...parts: string[]) =>
  (error: unknown) =>
    ToxAsyncError.is(error, code) && parts.every((part) => error.message.includes(part));

describe('friend book', () => {
  it('keeps friends and their names across a restart', async () => {
    const { volume, store, friends } = await book();
    await friends.add(ben);
    await friends.add(anna, 'Anna');
    await store.close();
    const again = await book(volume);
    assert.deepEqual(again.friends.list(), [{ publicKey: anna, name: 'Anna' }, { publicKey: ben }]);
    assert.equal(again.friends.nameOf(anna), 'Anna');
    assert.equal(again.friends.nameOf(ben), undefined);
    assert.ok(again.friends.has(ben) && !again.friends.has(keyOf('nobody')));
  });

  it('knows a friend only when it is durable', async () => {
    const { volume, friends } = await book();
    const adding = friends.add(anna, 'Anna');
    assert.equal(friends.has(anna), false);
    volume.crash();
    await assert.rejects(adding, says('ErrClosed'));
    assert.equal(friends.has(anna), false);
    assert.deepEqual((await book(volume)).friends.list(), []);
  });

  it('lists friends by name, those without one last', async () => {
    const { friends } = await book();
    for (const [word, name] of [['1', 'Carl'], ['2'], ['3', 'Anna'], ['4', 'Ben'], ['5']] as const) {
      await friends.add(keyOf(word), name);
    }
    assert.deepEqual(
      friends.list().map(({ name }) => name),
      ['Anna', 'Ben', 'Carl', undefined, undefined],
    );
  });

  it('renames a friend, and keeps the name when it is added again without one', async () => {
    const { friends } = await book();
    await friends.add(anna, 'Anna');
    await friends.add(anna, ' Änne ');
    await friends.add(anna);
    assert.deepEqual(friends.list(), [{ publicKey: anna, name: 'Änne' }]);
    assert.deepEqual(friends.resolve('Änne'), anna);
    assert.throws(() => friends.resolve('Anna'), says('ErrUnknownFriend'));
  });

  it('forgets a friend for good', async () => {
    const { volume, store, friends } = await book();
    await friends.add(anna, 'Anna');
    await friends.remove(anna);
    await friends.remove(anna);
    assert.throws(() => friends.resolve('Anna'), says('ErrUnknownFriend'));
    await store.close();
    assert.deepEqual((await book(volume)).friends.list(), []);
  });

  it('follows its orders in order, also without waiting', async () => {
    const { friends } = await book();
    await Promise.all([
      friends.add(anna, 'A'),
      friends.remove(anna),
      friends.add(anna),
      friends.add(ben, 'B'),
    ]);
    assert.deepEqual(friends.list(), [{ publicKey: ben, name: 'B' }, { publicKey: anna }]);
  });

  it('resolves a name, a public key and a Tox ID, in any case and with spaces around', async () => {
    const { friends } = await book();
    await friends.add(anna, 'Anna');
    const id = formatToxId(anna, Uint8Array.of(1, 2, 3, 4));
    for (const text of [
      'Anna',
      ' Anna ',
      toHex(anna),
      toHex(anna).toUpperCase(),
      id,
      id.toLowerCase(),
      `${id}\n`,
    ]) {
      assert.deepEqual(friends.resolve(text), anna, text);
    }
  });

  it('resolves a name by what people see, and a key or Tox ID as people paste it', async () => {
    const { friends } = await book();
    await friends.add(anna, 'Jos\u00e9 \u200b');
    const hex = toHex(anna);
    const id = formatToxId(anna, new Uint8Array(4));
    const broken = `${hex.slice(0, 30)}\n${hex.slice(30)}`;
    for (const text of ['Jos\u00e9', 'Jose\u0301', 'Jos\u00e9\u200b', broken, `tox:${id}`, `\ufeff ${id}`]) {
      assert.deepEqual(friends.resolve(text), anna, JSON.stringify(text));
    }
  });

  it('leaves out of the store only what cannot be used there, and says so', async () => {
    const volume = new MemoryVolume();
    const store = openMemoryStore(volume);
    const table = new Table<{ name?: unknown }>(store, 'friend');
    const writes = store.batch();
    table.put(writes, [ben], { name: 'Ben' });
    table.put(writes, [anna], { name: 'x'.repeat(129) });
    table.put(writes, [keyOf('carl')], { name: 17 });
    table.put(writes, [new Uint8Array(32)], { name: 'zero' });
    table.put(writes, [ben.subarray(0, 31)], { name: 'short' });
    await writes.commit();
    await store.close();
    const warnings: string[] = [];
    const log = { ...silentLogger, warn: (text: string) => warnings.push(text) };
    const friends = await FriendBook.open({ store: openMemoryStore(volume), self, log });
    assert.deepEqual(friends.list().length, 3);
    assert.equal(friends.nameOf(ben), 'Ben');
    assert.ok(friends.has(anna) && friends.nameOf(anna) === undefined);
    assert.equal(warnings.length, 4);
    assert.ok(warnings.some((text) => text.includes(short(anna))));
  });

  it('keeps a friend whose record the disk spoiled, without its name', async () => {
    const { volume, store, friends } = await book();
    await friends.add(anna, 'Anna');
    await friends.add(ben, 'Ben');
    const key = new Table(store, 'friend').key(anna);
    await store
      .batch()
      .put(
        key,
        store.get(key)!.map((byte) => byte ^ 1),
      )
      .commit();
    await store.close();
    const again = await book(volume);
    assert.deepEqual(again.friends.list(), [{ publicKey: ben, name: 'Ben' }, { publicKey: anna }]);
  });

  it('takes a short name of hexadecimal digits for a name', async () => {
    const { friends } = await book();
    await friends.add(anna, 'cafe');
    assert.deepEqual(friends.resolve('cafe'), anna);
  });

  it('says whom it knows when a name is unknown, ten names at most', async () => {
    const { friends } = await book();
    assert.throws(() => friends.resolve('Zoe'), says('ErrUnknownFriend', '"Zoe"', 'none yet'));
    await friends.add(anna, 'Anna');
    await friends.add(ben);
    assert.throws(() => friends.resolve('anna'), says('ErrUnknownFriend', '"anna"', '"Anna"'));
    for (let n = 0; n < 10; n++) await friends.add(keyOf(`${n}`), `Friend ${n}`);
    assert.throws(
      () => friends.resolve(''),
      (error) => says('ErrUnknownFriend', 'Friend 8', '1 more')(error) && !String(error).includes('Friend 9'),
    );
  });

  it('does not know a good key or Tox ID that is no friend’s', async () => {
    const { friends } = await book();
    assert.throws(() => friends.resolve(toHex(ben)), says('ErrUnknownFriend', short(ben)));
    assert.throws(
      () => friends.resolve(formatToxId(ben, new Uint8Array(4))),
      says('ErrUnknownFriend', short(ben)),
    );
  });

  it('names both keys when two friends have one name, and still takes each by its key', async () => {
    const { friends } = await book();
    await friends.add(anna, 'Anna');
    await friends.add(ben, 'Anna');
    assert.throws(() => friends.resolve('Anna'), says('ErrAmbiguousFriend', short(anna), short(ben)));
    assert.deepEqual(friends.resolve(toHex(ben)), ben);
  });

  it('refuses keys that nobody can have', async () => {
    const { friends } = await book();
    const highBit = anna.slice();
    highBit[31] = (highBit[31] ?? 0) | 0x80;
    for (const bad of [new Uint8Array(32), highBit]) {
      assert.throws(() => friends.resolve(toHex(bad)), says('ErrInvalidKey'));
      assert.throws(() => friends.resolve(formatToxId(bad, new Uint8Array(4))), says('ErrInvalidKey'));
      await assert.rejects(friends.add(bad), says('ErrInvalidKey'));
    }
  });

  it('refuses our own key in every form', async () => {
    const { friends } = await book();
    await assert.rejects(friends.add(self, 'me'), says('ErrInvalidRecipient'));
    assert.throws(() => friends.resolve(toHex(self)), says('ErrInvalidRecipient'));
    assert.throws(() => friends.resolve(formatToxId(self, new Uint8Array(4))), says('ErrInvalidRecipient'));
  });

  it('tells what is wrong with a key or Tox ID that lost or gained digits', async () => {
    const { friends } = await book();
    await friends.add(anna, 'Anna');
    const id = formatToxId(anna, Uint8Array.of(1, 2, 3, 4));
    assert.throws(() => friends.resolve(toHex(anna).slice(1)), says('ErrInvalidKey', '63', '64'));
    assert.throws(() => friends.resolve(`${toHex(anna)}0`), says('ErrInvalidKey', '65'));
    assert.throws(() => friends.resolve(id.slice(0, 75)), says('ErrInvalidToxId', '75', '76'));
    assert.throws(() => friends.resolve(`${id}${id.slice(0, 4)}`), says('ErrInvalidToxId', '80'));
    assert.throws(() => friends.resolve(`${id.slice(0, 75)}0`), says('ErrInvalidToxId', 'checksum'));
  });

  it('refuses a name that is blank, too long or reads as a key', async () => {
    const { friends } = await book();
    for (const name of ['', ' ', 'é'.repeat(65), toHex(ben), toHex(ben).slice(2)]) {
      await assert.rejects(friends.add(anna, name), says('ErrInvalidArgument'), name);
    }
    assert.equal(friends.has(anna), false);
    await friends.add(anna, 'é'.repeat(64));
  });
});
