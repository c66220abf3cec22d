import assert from 'node:assert/strict';
import { concat, toHex, utf8 } from '../../../../lib/bytes';
import { encodeMailKeys } from '../../../../lib/protocol/keys/mail-keys';
import { encodeMailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { KeyPeer, DAY } from '../../forward-security/support/key-peer';
import { ReceivingPeer } from '../support/receiving-peer';
import { filled, ID, NODE, OTHER, ReceivingPair } from './support/receiving-pair';

describe('receiving an envelope', () => {
  let peers: ReceivingPair;

  beforeEach(async () => {
    peers = await ReceivingPair.open();
  });

  it('makes inbox entry, tombstone, owed receipt, dead key and owed delete durable in one batch', async () => {
    const envelope = await peers.seal('leak');
    let commits = 0;
    const { store } = peers.bob.keys;
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
    assert.equal((await peers.bob.receive(envelope, NODE)).code, 'ok');
    assert.equal(commits, 1);
    await peers.bob.crash();
    assert.equal(peers.bob.inbox.size, 1);
    assert.deepEqual(peers.bob.owed(peers.alice), [[toHex(ID), 'ok']]);
    assert.equal(peers.bob.deletes.owedTo(NODE.node).length, 1);
    assert.equal(peers.keysLeft(), 103);
    assert.equal((await peers.bob.receive(envelope, NODE)).code, 'known');
  });

  it('answers known only for the same envelope under a dead tag', async () => {
    const envelope = await peers.seal('leak');
    await peers.bob.receive(envelope, peers.direct);
    assert.equal((await peers.bob.receive(envelope, peers.direct)).code, 'known');
    const other = envelope.slice();
    other[200] = (other[200] ?? 0) ^ 1;
    assert.deepEqual(await peers.bob.receive(other, peers.direct), { code: 'unknown-tag' });
  });

  it('says when it never heard of a tag, which a second copy of the identity would explain', async () => {
    const { envelope } = await (await peers.strangerWithKeys()).send(peers.bob.keys, 'x');
    const changed = envelope.slice();
    changed.set(new Uint8Array(16).fill(1), 33);
    assert.deepEqual(await peers.bob.receive(changed, peers.direct), {
      code: 'unknown-tag',
      unheardOf: true,
    });
  });

  it('says no such thing of a key that it erased itself', async () => {
    const envelope = await peers.seal('leak');
    const { fsm, store } = peers.bob.keys;
    const key = fsm.keyOf(envelope);
    assert.ok(typeof key !== 'string');
    for (let i = 0; i < 2; i += 1) {
      const writes = store.batch();
      await fsm.issued.issue(writes, key.peer, 104);
      await writes.commit();
    }
    assert.deepEqual(await peers.bob.receive(envelope, peers.direct), { code: 'unknown-tag' });
  });

  it('hands a known message id over once, and repeats the code of the first answer', async () => {
    await peers.bob.receive(await peers.seal('leak'), peers.direct);
    const before = peers.keysLeft();
    assert.equal((await peers.bob.receive(await peers.seal('leak'), NODE)).code, 'known');
    assert.equal(peers.bob.inbox.size, 1);
    assert.equal(peers.keysLeft(), before - 1, 'the key is consumed all the same');
    await peers.bob.receive(await peers.seal('later', 5, OTHER), peers.direct);
    assert.equal(
      (await peers.bob.receive(await peers.seal('later', 5, OTHER), peers.direct)).code,
      'unsupported',
    );
    assert.deepEqual(peers.bob.owed(peers.alice).sort(), [
      [toHex(ID), 'ok'],
      [toHex(OTHER), 'unsupported'],
    ]);
  });

  it('takes the same message id from two friends as two messages', async () => {
    const eve = await peers.strangerWithKeys();
    const { envelope } = await eve.fsm.sendForwardSecureMessage(peers.bob.keys.pk, utf8('eve'), 0, {
      messageId: ID,
    });
    await peers.bob.receive(await peers.seal('alice'), NODE);
    assert.equal((await peers.bob.receive(envelope, NODE)).code, 'ok');
    assert.equal(peers.bob.inbox.size, 2);
  });

  it('does not read the data of what has no room: anybody can repeat it, and reading it may take long', async () => {
    peers.bob = new ReceivingPeer(peers.bob.keys, {}, { messages: 1, bytes: 64_000_000 });
    await peers.bob.receive(await peers.seal('first'), peers.direct);
    const unread = await peers.seal('later', 5, OTHER);
    const before = peers.keysLeft();
    for (const origin of [peers.direct, NODE]) {
      // Once read it would be unsupported, of no bytes.
      const turnedAway = { sender: peers.alice.pk, bytes: 5 };
      assert.deepEqual(await peers.bob.receive(unread, origin), { code: 'busy', turnedAway });
    }
    assert.equal(peers.keysLeft(), before);
  });

  it('consumes nothing of a forged envelope, wherever it is changed', async () => {
    const envelope = await peers.seal('leak');
    for (const at of [60, 80, 81, 100, envelope.length - 1]) {
      const forged = envelope.slice();
      forged[at] = (forged[at] ?? 0) ^ 1;
      const { code } = await peers.bob.receive(forged, peers.direct);
      assert.ok(['forged', 'bad-request'].includes(code), `${at}: ${code}`);
    }
    assert.equal(peers.keysLeft(), 104);
    assert.equal((await peers.bob.receive(envelope, peers.direct)).code, 'ok');
  });

  it('tells a third party nothing of an envelope: not whether its key is live, nor whether it was read', async () => {
    const eve = { via: 'direct', peer: (await KeyPeer.open('eve')).pk } as const;
    const [live, read, foreign] = [
      await peers.seal('live'),
      await peers.seal('read', 0, OTHER),
      await peers.seal('no tag'),
    ];
    assert.equal((await peers.bob.receive(read, peers.direct)).code, 'ok');
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
      const received = await peers.bob.receive(envelope, eve);
      assert.deepEqual([received.code, received.message], ['unknown-tag', undefined], what);
    }
    assert.equal(peers.keysLeft(), 103);
    assert.equal(
      (await peers.bob.receive(read, peers.direct)).code,
      'known',
      'its friend hears that it was read',
    );
    assert.equal((await peers.bob.receive(live, peers.direct)).code, 'ok');
  });

  it('consumes what only the friend can have broken, and says malformed', async () => {
    const envelope = await peers.seal(new Uint8Array([0xff]), 5);
    assert.equal((await peers.bob.receive(envelope, peers.direct)).code, 'unsupported');
    const mail = await peers.seal(concat(utf8('xx'), new Uint8Array(33).fill(0xff)), 0x80, OTHER);
    assert.equal((await peers.bob.receive(mail, peers.direct)).code, 'malformed');
    assert.deepEqual(peers.bob.malformed, [toHex(OTHER)]);
    assert.equal(peers.keysLeft(), 102);
  });

  it('loses nothing but the message that it cannot read: of another flag, inner type or type', async () => {
    const cases: [data: Uint8Array, type: number][] = [
      [new Uint8Array([2, 4, 0, 0x61]), 4],
      [new Uint8Array([9, 0, 0, 0x61]), 4],
      [utf8('leak'), 5],
    ];
    for (const [i, [data, type]] of cases.entries()) {
      assert.equal(
        (await peers.bob.receive(await peers.seal(data, type, filled(i)), peers.direct)).code,
        'unsupported',
      );
      assert.equal(
        (await peers.bob.receive(await peers.seal('good', 0, filled(100 + i)), peers.direct)).code,
        'ok',
      );
    }
    assert.equal(peers.bob.inbox.size, cases.length);
    assert.equal(peers.keysLeft(), 104 - 2 * cases.length);
  });

  it('is busy while there is no room, except for what it knows already, receipts and keys', async () => {
    await peers.bob.receive(await peers.seal('leak'), peers.direct);
    const again = await peers.seal('leak');
    const other = await peers.seal('other', 0, OTHER);
    const receipts = await peers.seal(
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
    const mailed = await peers.seal(encodeMailKeys(keys), 0x81, filled(21));
    peers.bob.hasRoom = false;
    assert.equal((await peers.bob.receive(again, peers.direct)).code, 'known');
    assert.equal((await peers.bob.receive(receipts, NODE)).code, 'ok');
    assert.equal((await peers.bob.receive(mailed, NODE)).code, 'ok');
    const before = peers.keysLeft();
    assert.equal((await peers.bob.receive(other, peers.direct)).code, 'busy');
    assert.equal(peers.keysLeft(), before);
    peers.bob.hasRoom = true;
    assert.equal((await peers.bob.receive(other, peers.direct)).code, 'ok');
  });

  it('judges two copies that come at once one after the other', async () => {
    const envelope = await peers.seal('leak');
    const codes = await Promise.all([
      peers.bob.receive(envelope, NODE),
      peers.bob.receive(envelope, peers.direct),
    ]);
    assert.deepEqual(codes.map(({ code }) => code).sort(), ['known', 'ok']);
    assert.equal(peers.bob.inbox.size, 1);
  });

  it('tells its answer before anything that waits in the queue of the sender', async () => {
    const said: string[] = [];
    const envelope = await peers.seal('leak');
    const receiving = peers.bob.receive(envelope, NODE, ({ code }) => said.push(code));
    await peers.bob.queues.run(peers.alice.pk, () => said.push('state'));
    await receiving;
    assert.deepEqual(said, ['ok', 'state']);
  });

  it('remembers for the lifetime of the message and 30 days, and a delete for a day', async () => {
    const envelope = await peers.seal('leak');
    await peers.bob.receive(envelope, NODE);
    const tag = envelope.slice(33, 49);
    const sweep = async () => {
      const writes = peers.bob.keys.store.batch();
      for (const part of [peers.bob.tombstones, peers.bob.receipts, peers.bob.deletes]) part.expire(writes);
      await writes.commit();
    };
    const { node } = NODE;
    peers.bob.keys.age += DAY;
    await sweep();
    assert.equal(peers.bob.deletes.owedTo(node).length, 1);
    peers.bob.keys.age += 1;
    await sweep();
    assert.equal(peers.bob.deletes.owedTo(node).length, 0);
    peers.bob.keys.age += 30 * DAY - 1;
    await sweep();
    assert.ok(peers.bob.tombstones.findTag(tag));
    assert.equal(peers.bob.owed(peers.alice).length, 1);
    peers.bob.keys.age += 1;
    await sweep();
    assert.equal(peers.bob.tombstones.findTag(tag), undefined);
    assert.equal(peers.bob.tombstones.findMessage(peers.alice.pk, ID), undefined);
    assert.equal(peers.bob.owed(peers.alice).length, 0);
  });
});
