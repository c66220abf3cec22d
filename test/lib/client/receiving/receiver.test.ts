import assert from 'node:assert/strict';
import { concat, toHex, utf8 } from '../../../../lib/bytes';
import type { Origin } from '../../../../lib/client/receiving/receive-result';
import { encodeMailKeys } from '../../../../lib/protocol/keys/mail-keys';
import { encodeMailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { KeyPeer, pair, DAY } from '../../forward-security/support/key-peer';
import { ReceivingPeer } from '../support/receiving-peer';

const ID = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);
const NODE: Origin = { via: 'stored', node: new Uint8Array(32).fill(3) };

describe('receiving an envelope', () => {
  let alice: KeyPeer;
  let bob: ReceivingPeer;
  let direct: Origin;

  beforeEach(async () => {
    const peers = await pair('receiver');
    alice = peers.alice;
    bob = new ReceivingPeer(peers.bob);
    await peers.bob.giveKeys(alice);
    direct = { via: 'direct', peer: alice.pk };
  });

  const seal = async (data: Uint8Array | string, type = 0, messageId = ID) => {
    const bytes = typeof data === 'string' ? utf8(data) : data;
    const options = { messageId, lifetime: DAY };
    return (await alice.fsm.sendForwardSecureMessage(bob.keys.pk, bytes, type, options)).envelope;
  };
  const keysLeft = () => bob.keys.fsm.issued.liveCount(alice.pk);

  it('makes inbox entry, tombstone, owed receipt, dead key and owed delete durable in one batch', async () => {
    const envelope = await seal('leak');
    let commits = 0;
    const { store } = bob.keys;
    const batch = store.batch.bind(store);
    store.batch = () => {
      const writes = batch();
      const commit = writes.commit.bind(writes);
      writes.commit = () => {
        commits += writes.size > 3 ? 1 : 0;
        return commit();
      };
      return writes;
    };
    assert.equal((await bob.receive(envelope, NODE)).code, 'ok');
    assert.equal(commits, 1);
    await bob.crash();
    assert.equal(bob.inbox.size, 1);
    assert.deepEqual(bob.owed(alice), [[toHex(ID), 'ok']]);
    assert.equal(bob.deletes.owedTo((NODE as { node: Uint8Array }).node).length, 1);
    assert.equal(keysLeft(), 103);
    assert.equal((await bob.receive(envelope, NODE)).code, 'known');
  });

  it('answers known only for the same envelope under a dead tag', async () => {
    const envelope = await seal('leak');
    await bob.receive(envelope, direct);
    assert.equal((await bob.receive(envelope, direct)).code, 'known');
    const other = envelope.slice();
    other[200] = (other[200] ?? 0) ^ 1;
    assert.deepEqual(await bob.receive(other, direct), { code: 'unknown-tag' });
  });

  it('says when it never heard of a tag, which a second copy of the identity would explain', async () => {
    const { envelope } = await (await strangerWithKeys()).send(bob.keys, 'x');
    const changed = envelope.slice();
    changed.set(new Uint8Array(16).fill(1), 33);
    assert.deepEqual(await bob.receive(changed, direct), { code: 'unknown-tag', unheardOf: true });
  });

  it('says no such thing of a key that it erased itself', async () => {
    const envelope = await seal('leak');
    const { fsm, store } = bob.keys;
    const key = fsm.keyOf(envelope);
    assert.ok(typeof key !== 'string');
    for (let i = 0; i < 2; i += 1) {
      const writes = store.batch();
      await fsm.issued.issue(writes, key.peer, 104);
      await writes.commit();
    }
    assert.deepEqual(await bob.receive(envelope, direct), { code: 'unknown-tag' });
  });

  it('hands a known message id over once, and repeats the code of the first answer', async () => {
    await bob.receive(await seal('leak'), direct);
    const before = keysLeft();
    assert.equal((await bob.receive(await seal('leak'), NODE)).code, 'known');
    assert.equal(bob.inbox.size, 1);
    assert.equal(keysLeft(), before - 1, 'the key is consumed all the same');
    await bob.receive(await seal('later', 5, OTHER), direct);
    assert.equal((await bob.receive(await seal('later', 5, OTHER), direct)).code, 'unsupported');
    assert.deepEqual(bob.owed(alice).sort(), [
      [toHex(ID), 'ok'],
      [toHex(OTHER), 'unsupported'],
    ]);
  });

  it('takes the same message id from two friends as two messages', async () => {
    const eve = await strangerWithKeys();
    const { envelope } = await eve.fsm.sendForwardSecureMessage(bob.keys.pk, utf8('eve'), 0, {
      messageId: ID,
    });
    await bob.receive(await seal('alice'), NODE);
    assert.equal((await bob.receive(envelope, NODE)).code, 'ok');
    assert.equal(bob.inbox.size, 2);
  });

  it('does not read the data of what has no room: anybody can repeat it, and reading it may take long', async () => {
    bob = new ReceivingPeer(bob.keys, {}, { messages: 1, bytes: 64_000_000 });
    await bob.receive(await seal('first'), direct);
    const unread = await seal('later', 5, OTHER);
    const before = keysLeft();
    for (const origin of [direct, NODE]) {
      // Once read it would be unsupported, of no bytes.
      const turnedAway = { sender: alice.pk, bytes: 5 };
      assert.deepEqual(await bob.receive(unread, origin), { code: 'busy', turnedAway });
    }
    assert.equal(keysLeft(), before);
  });

  it('consumes nothing of a forged envelope, wherever it is changed', async () => {
    const envelope = await seal('leak');
    for (const at of [60, 80, 81, 100, envelope.length - 1]) {
      const forged = envelope.slice();
      forged[at] = (forged[at] ?? 0) ^ 1;
      const { code } = await bob.receive(forged, direct);
      assert.ok(['forged', 'bad-request'].includes(code), `${at}: ${code}`);
    }
    assert.equal(keysLeft(), 104);
    assert.equal((await bob.receive(envelope, direct)).code, 'ok');
  });

  it('tells a third party nothing of an envelope: not whether its key is live, nor whether it was read', async () => {
    const eve = { via: 'direct', peer: (await KeyPeer.open('eve')).pk } as const;
    const [live, read, foreign] = [await seal('live'), await seal('read', 0, OTHER), await seal('no tag')];
    assert.equal((await bob.receive(read, direct)).code, 'ok');
    foreign.fill(7, 33, 49);
    const brought = {
      live,
      read,
      foreign,
      'read, changed': read.slice(),
      'live, E of order 1': live.slice(),
    };
    brought['read, changed'][200]! ^= 1;
    brought['live, E of order 1'].fill(0, 49, 81);
    for (const [what, envelope] of Object.entries(brought)) {
      const received = await bob.receive(envelope, eve);
      assert.deepEqual([received.code, received.message], ['unknown-tag', undefined], what);
    }
    assert.equal(keysLeft(), 103);
    assert.equal((await bob.receive(read, direct)).code, 'known', 'its friend hears that it was read');
    assert.equal((await bob.receive(live, direct)).code, 'ok');
  });

  it('consumes what only the friend can have broken, and says malformed', async () => {
    const envelope = await seal(new Uint8Array([0xff]), 5);
    assert.equal((await bob.receive(envelope, direct)).code, 'unsupported');
    const mail = await seal(concat(utf8('xx'), new Uint8Array(33).fill(0xff)), 0x80, OTHER);
    assert.equal((await bob.receive(mail, direct)).code, 'malformed');
    assert.deepEqual(bob.malformed, [toHex(OTHER)]);
    assert.equal(keysLeft(), 102);
  });

  it('loses nothing but the message that it cannot read: of another flag, inner type or type', async () => {
    const cases: [data: Uint8Array, type: number][] = [
      [new Uint8Array([2, 4, 0, 0x61]), 4],
      [new Uint8Array([9, 0, 0, 0x61]), 4],
      [utf8('leak'), 5],
    ];
    for (const [i, [data, type]] of cases.entries()) {
      assert.equal((await bob.receive(await seal(data, type, filled(i)), direct)).code, 'unsupported');
      assert.equal((await bob.receive(await seal('good', 0, filled(100 + i)), direct)).code, 'ok');
    }
    assert.equal(bob.inbox.size, cases.length);
    assert.equal(keysLeft(), 104 - 2 * cases.length);
  });

  it('is busy while there is no room, except for what it knows already, receipts and keys', async () => {
    await bob.receive(await seal('leak'), direct);
    const again = await seal('leak');
    const other = await seal('other', 0, OTHER);
    const receipts = await seal(
      encodeMailReceipts({ held: 90, arrived: [], receipts: [] }),
      0x80,
      filled(20),
    );
    const keys = {
      batch: 5,
      valid: DAY,
      held: 80,
      seed: filled(6),
      keys: [{ index: 1, publicKey: filled(9) }],
    };
    const mailed = await seal(encodeMailKeys(keys), 0x81, filled(21));
    bob.hasRoom = false;
    assert.equal((await bob.receive(again, direct)).code, 'known');
    assert.equal((await bob.receive(receipts, NODE)).code, 'ok');
    assert.equal((await bob.receive(mailed, NODE)).code, 'ok');
    const before = keysLeft();
    assert.equal((await bob.receive(other, direct)).code, 'busy');
    assert.equal(keysLeft(), before);
    bob.hasRoom = true;
    assert.equal((await bob.receive(other, direct)).code, 'ok');
  });

  it('judges two copies that come at once one after the other', async () => {
    const envelope = await seal('leak');
    const codes = await Promise.all([bob.receive(envelope, NODE), bob.receive(envelope, direct)]);
    assert.deepEqual(codes.map(({ code }) => code).sort(), ['known', 'ok']);
    assert.equal(bob.inbox.size, 1);
  });

  it('tells its answer before anything that waits in the queue of the sender', async () => {
    const said: string[] = [];
    const envelope = await seal('leak');
    const receiving = bob.receive(envelope, NODE, ({ code }) => said.push(code));
    await bob.queues.run(alice.pk, () => said.push('state'));
    await receiving;
    assert.deepEqual(said, ['ok', 'state']);
  });

  describe('together with others of the same friend', () => {
    const id = (n: number) => new Uint8Array(32).fill(n);
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    const sealMany = async (from: number, to: number) => {
      const envelopes: Uint8Array[] = [];
      for (const n of numbers(from, to)) envelopes.push(await seal(`text ${n}`, 0, id(n)));
      return envelopes;
    };
    const receiveAll = async (envelopes: readonly Uint8Array[]) => {
      const received = await Promise.all(envelopes.map((envelope) => bob.receive(envelope, NODE)));
      return received.map(({ code }) => code);
    };

    it('shares one durable batch, and keeps the order of arrival', async () => {
      const envelopes = await sealMany(10, 30);
      const { store } = bob.keys;
      const batch = store.batch.bind(store);
      let commits = 0;
      store.batch = () => {
        const writes = batch();
        // A dead mark alone is the vault's own business.
        writes.afterCommit(() => void (commits += writes.size > 20 ? 1 : 0));
        return writes;
      };
      assert.deepEqual(
        await receiveAll(envelopes),
        numbers(10, 30).map(() => 'ok'),
      );
      assert.equal(commits, 1);
      await bob.crash();
      assert.deepEqual(
        bob.inbox.entries().map(({ messageId }) => messageId[0]),
        numbers(10, 30),
      );
      assert.equal(keysLeft(), 104 - 20);
      assert.deepEqual(
        await receiveAll(envelopes),
        numbers(10, 30).map(() => 'known'),
      );
    });

    it('hands one message id over once, although two envelopes of it come at once', async () => {
      const first = await seal('leak', 0, ID);
      const again = await seal('leak', 0, ID);
      assert.deepEqual(await receiveAll([first, again]), ['ok', 'known']);
      assert.equal(bob.inbox.size, 1);
      assert.equal(keysLeft(), 102);
    });

    it('leaves a forged one aside and takes the others', async () => {
      const [first, second, third] = (await sealMany(10, 13)) as [Uint8Array, Uint8Array, Uint8Array];
      const forged = second.slice();
      forged[200]! ^= 1;
      assert.deepEqual(await receiveAll([first, forged, third]), ['ok', 'forged', 'ok']);
      assert.equal((await bob.receive(second, NODE)).code, 'ok');
    });

    it('is busy, and consumes nothing, when it would have to remember too much of one friend', async () => {
      bob = new ReceivingPeer(bob.keys, { tombstones: 2, receipts: 2 });
      const [first, second, third, fourth] = await sealMany(10, 14);
      assert.ok(first && second && third && fourth);
      assert.deepEqual(await receiveAll([first, second, third]), ['ok', 'ok', 'busy']);
      assert.equal((await bob.receive(first, direct)).code, 'known');
      const before = keysLeft();
      assert.equal((await bob.receive(third, direct)).code, 'busy');
      assert.equal(keysLeft(), before);
      const writes = bob.keys.store.batch();
      bob.receipts.confirm(writes, alice.pk, [bob.tombstones.oldest(alice.pk, 'owed', 1)[0]!.messageId]);
      await writes.commit();
      assert.deepEqual(await receiveAll([third, fourth]), ['ok', 'busy']);
    });

    it('consumes nothing of any when the batch fails', async () => {
      const envelopes = await sealMany(10, 14);
      const { store } = bob.keys;
      const batch = store.batch.bind(store);
      store.batch = () => {
        const writes = batch();
        writes.commit = () => Promise.reject(new Error('the disk is gone'));
        return writes;
      };
      await assert.rejects(receiveAll(envelopes), /the disk is gone/);
      store.batch = batch;
      assert.equal(bob.inbox.size, 0);
      assert.equal(keysLeft(), 104);
      await bob.crash();
      assert.deepEqual(await receiveAll(envelopes), ['ok', 'ok', 'ok', 'ok']);
    });

    it('opens no more of what takes long in one turn, and gives way to others before the next', async () => {
      const envelopes = await sealMany(10, 14);
      const { fsm, time } = bob.keys;
      const open = fsm.open.bind(fsm);
      let late = 0;
      const opened: number[] = [];
      bob = new ReceivingPeer(bob.keys, {}, undefined, { ...time.clock, monotonic: () => late });
      fsm.open = (envelope) => {
        opened.push(late);
        late += 30;
        return open(envelope);
      };
      const all = receiveAll(envelopes);
      await time.advance(0);
      assert.deepEqual(opened, [0, 30], 'the others wait for a timer');
      assert.equal(bob.inbox.size, 2);
      await time.advance(1);
      assert.deepEqual(opened, [0, 30, 60, 90]);
      await time.advance(1);
      assert.deepEqual(await all, ['ok', 'ok', 'ok', 'ok']);
    });

    it('forgets a batch of keys whose last ones die together', async () => {
      const writes = bob.keys.store.batch();
      const { batch, exchange } = await bob.keys.fsm.issued.issue(writes, alice.pk, 4);
      await writes.commit();
      await alice.fsm.processPreKeyExchange(exchange);
      const codes = await receiveAll(await sealMany(10, 114));
      assert.deepEqual([...new Set(codes)], ['ok']);
      const left = [{ batch, live: [1, 2, 3, 4] }];
      assert.deepEqual(bob.keys.fsm.issued.live(alice.pk), left);
      await bob.crash();
      assert.deepEqual(bob.keys.fsm.issued.live(alice.pk), left);
    });

    it('reckons the stock with what mail says of it, whatever is consumed with it', async () => {
      const before = await seal('leak', 0, id(10));
      const receipts = encodeMailReceipts({
        held: 50,
        arrived: [],
        receipts: [{ messageId: id(1), code: 'ok' }],
      });
      const mail = await seal(receipts, 0x80, id(11));
      const after = await seal('leak', 0, id(12));
      assert.deepEqual(await receiveAll([before, mail, after]), ['ok', 'ok', 'ok']);
      // Of 50 the message after it took one.
      assert.equal(bob.keys.fsm.issued.shortage(alice.pk, { fill: true }), 104 - 49);
    });
  });

  it('remembers for the lifetime of the message and 30 days, and a delete for a day', async () => {
    const envelope = await seal('leak');
    await bob.receive(envelope, NODE);
    const tag = envelope.slice(33, 49);
    const sweep = async () => {
      const writes = bob.keys.store.batch();
      for (const part of [bob.tombstones, bob.receipts, bob.deletes]) part.expire(writes);
      await writes.commit();
    };
    const { node } = NODE as { node: Uint8Array };
    bob.keys.age += DAY;
    await sweep();
    assert.equal(bob.deletes.owedTo(node).length, 1);
    bob.keys.age += 1;
    await sweep();
    assert.equal(bob.deletes.owedTo(node).length, 0);
    bob.keys.age += 30 * DAY - 1;
    await sweep();
    assert.ok(bob.tombstones.findTag(tag));
    assert.equal(bob.owed(alice).length, 1);
    bob.keys.age += 1;
    await sweep();
    assert.equal(bob.tombstones.findTag(tag), undefined);
    assert.equal(bob.tombstones.findMessage(alice.pk, ID), undefined);
    assert.equal(bob.owed(alice).length, 0);
  });

  describe('of receipts', () => {
    const mail = { held: 60, arrived: [], receipts: [{ messageId: OTHER, code: 'malformed' as const }] };

    it('does what they say, notes the stock, and owes no receipt for them', async () => {
      assert.equal((await bob.receive(await seal(encodeMailReceipts(mail), 0x80), NODE)).code, 'ok');
      assert.deepEqual(bob.receipted, [[toHex(OTHER), 'malformed']]);
      assert.deepEqual(bob.owed(alice), []);
      assert.equal(bob.inbox.size, 0);
      assert.equal(bob.keys.fsm.issued.shortage(alice.pk, { fill: true }), 104 - 60);
    });

    it('does it once, and tells nobody of the repetition', async () => {
      const envelope = await seal(encodeMailReceipts(mail), 0x80);
      await bob.receive(envelope, NODE);
      assert.deepEqual(await bob.receive(envelope, NODE), { code: 'known' });
      assert.equal(bob.receipted.length, 1);
    });

    it('does not let them speak of the stock while a session does', async () => {
      bob.keys.fsm.issued.noteHeld(alice.pk, 100);
      bob.hasSession = true;
      await bob.receive(await seal(encodeMailReceipts(mail), 0x80), NODE);
      assert.equal(bob.keys.fsm.issued.shortage(alice.pk, { fill: true }), 5);
    });
  });

  describe('of keys', () => {
    const offer = async (count: number, batch = 77) => ({
      batch,
      valid: DAY,
      held: 10,
      seed: filled(5),
      keys: (await Promise.all(Array.from({ length: count }, (_, i) => KeyPeer.open(`key ${i}`)))).map(
        ({ pk }, i) => ({ index: i + 1, publicKey: pk }),
      ),
    });

    it('adds them, for as long as they are valid, and owes a receipt', async () => {
      const data = encodeMailKeys(await offer(40));
      assert.equal((await bob.receive(await seal(data, 0x81), NODE)).code, 'ok');
      assert.equal(bob.keys.fsm.held.held(alice.pk), 40);
      assert.deepEqual(bob.owed(alice), [[toHex(ID), 'ok']]);
      assert.equal(bob.keys.fsm.preKeys.needsRefresh(alice.pk), true);
      await bob.crash();
      assert.equal(bob.keys.fsm.held.held(alice.pk), 40);
      bob.keys.age += DAY;
      assert.equal(bob.keys.fsm.held.held(alice.pk), 0);
    });

    it('adds the same batch once, and refuses its number with other keys', async () => {
      await bob.receive(await seal(encodeMailKeys(await offer(2)), 0x81), NODE);
      const again = await seal(encodeMailKeys(await offer(2)), 0x81, OTHER);
      assert.equal((await bob.receive(again, NODE)).code, 'ok');
      assert.equal(bob.keys.fsm.held.held(alice.pk), 2);
      const clash = await seal(encodeMailKeys(await offer(3)), 0x81, filled(9));
      assert.equal((await bob.receive(clash, NODE)).code, 'malformed');
      assert.deepEqual(bob.refused, ['batch-in-use']);
      assert.equal(bob.keys.fsm.held.held(alice.pk), 2);
    });

    it('refuses keys that no exchange may bring', async () => {
      const bad = { ...(await offer(1)), keys: [{ index: 1, publicKey: alice.pk }] };
      assert.equal((await bob.receive(await seal(encodeMailKeys(bad), 0x81), NODE)).code, 'malformed');
      assert.deepEqual(bob.refused, ['malformed']);
    });
  });

  async function strangerWithKeys(): Promise<KeyPeer> {
    const eve = await KeyPeer.open('eve');
    await bob.keys.giveKeys(eve);
    return eve;
  }
});

function filled(byte: number) {
  return new Uint8Array(32).fill(byte);
}
