import assert from 'node:assert/strict';
import { encodeMailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { ReceivingPeer } from '../support/receiving-peer';
import { filled, ID, NODE, ReceivingPair } from './support/receiving-pair';
import { refuseCommits } from '../../../support/refusing-commits';

describe('receiving an envelope together with others of the same friend', () => {
  let peers: ReceivingPair;

  beforeEach(async () => {
    peers = await ReceivingPair.open();
  });

  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  const sealMany = async (from: number, to: number) => {
    const envelopes: Uint8Array[] = [];
    for (const n of numbers(from, to)) envelopes.push(await peers.seal(`text ${n}`, 0, filled(n)));
    return envelopes;
  };
  const receiveAll = async (envelopes: readonly Uint8Array[]) => {
    const received = await Promise.all(envelopes.map((envelope) => peers.bob.receive(envelope, NODE)));
    return received.map(({ code }) => code);
  };

  it('shares one durable batch, and keeps the order of arrival', async () => {
    const envelopes = await sealMany(10, 30);
    const { store } = peers.bob.keys;
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
    await peers.bob.crash();
    assert.deepEqual(
      peers.bob.inbox.entries().map(({ messageId }) => messageId[0]),
      numbers(10, 30),
    );
    assert.equal(peers.keysLeft(), 104 - 20);
    assert.deepEqual(
      await receiveAll(envelopes),
      numbers(10, 30).map(() => 'known'),
    );
  });

  it('hands one message id over once, although two envelopes of it come at once', async () => {
    const first = await peers.seal('leak', 0, ID);
    const again = await peers.seal('leak', 0, ID);
    assert.deepEqual(await receiveAll([first, again]), ['ok', 'known']);
    assert.equal(peers.bob.inbox.size, 1);
    assert.equal(peers.keysLeft(), 102);
  });

  it('leaves a forged one aside and takes the others', async () => {
    const [first, second, third] = (await sealMany(10, 13)) as [Uint8Array, Uint8Array, Uint8Array];
    const forged = second.slice();
    forged[200]! ^= 1;
    assert.deepEqual(await receiveAll([first, forged, third]), ['ok', 'forged', 'ok']);
    assert.equal((await peers.bob.receive(second, NODE)).code, 'ok');
  });

  it('is busy, and consumes nothing, when it would have to remember too much of one friend', async () => {
    peers.bob = new ReceivingPeer(peers.bob.keys, { tombstones: 2, receipts: 2 });
    const [first, second, third, fourth] = await sealMany(10, 14);
    assert.ok(first && second && third && fourth);
    assert.deepEqual(await receiveAll([first, second, third]), ['ok', 'ok', 'busy']);
    assert.equal((await peers.bob.receive(first, peers.direct)).code, 'known');
    const before = peers.keysLeft();
    assert.equal((await peers.bob.receive(third, peers.direct)).code, 'busy');
    assert.equal(peers.keysLeft(), before);
    const writes = peers.bob.keys.store.batch();
    peers.bob.receipts.confirm(writes, peers.alice.pk, [
      peers.bob.tombstones.oldest(peers.alice.pk, 'owed', 1)[0]!.messageId,
    ]);
    await writes.commit();
    assert.deepEqual(await receiveAll([third, fourth]), ['ok', 'busy']);
  });

  it('consumes nothing of any when the batch fails', async () => {
    const envelopes = await sealMany(10, 14);
    const { store } = peers.bob.keys;
    const endRefusal = refuseCommits(store);
    await assert.rejects(receiveAll(envelopes), /the disk is gone/);
    endRefusal();
    assert.equal(peers.bob.inbox.size, 0);
    assert.equal(peers.keysLeft(), 104);
    await peers.bob.crash();
    assert.deepEqual(await receiveAll(envelopes), ['ok', 'ok', 'ok', 'ok']);
  });

  it('opens no more of what takes long in one turn, and gives way to others before the next', async () => {
    const envelopes = await sealMany(10, 14);
    const { fsm, time } = peers.bob.keys;
    const open = fsm.open.bind(fsm);
    let late = 0;
    const opened: number[] = [];
    peers.bob = new ReceivingPeer(peers.bob.keys, {}, undefined, { ...time.clock, monotonic: () => late });
    fsm.open = (envelope) => {
      opened.push(late);
      late += 30;
      return open(envelope);
    };
    const all = receiveAll(envelopes);
    await time.advance(0);
    assert.deepEqual(opened, [0, 30], 'the others wait for a timer');
    assert.equal(peers.bob.inbox.size, 2);
    await time.advance(1);
    assert.deepEqual(opened, [0, 30, 60, 90]);
    await time.advance(1);
    assert.deepEqual(await all, ['ok', 'ok', 'ok', 'ok']);
  });

  it('forgets a batch of keys whose last ones die together', async () => {
    const writes = peers.bob.keys.store.batch();
    const { batch, exchange } = await peers.bob.keys.fsm.issued.issue(writes, peers.alice.pk, 4);
    await writes.commit();
    await peers.alice.fsm.processPreKeyExchange(exchange);
    const codes = await receiveAll(await sealMany(10, 114));
    assert.deepEqual([...new Set(codes)], ['ok']);
    const left = [{ batch, live: [1, 2, 3, 4] }];
    assert.deepEqual(peers.bob.keys.fsm.issued.live(peers.alice.pk), left);
    await peers.bob.crash();
    assert.deepEqual(peers.bob.keys.fsm.issued.live(peers.alice.pk), left);
  });

  it('reckons the stock with what mail says of it, whatever is consumed with it', async () => {
    const before = await peers.seal('leak', 0, filled(10));
    const receipts = encodeMailReceipts({
      held: 50,
      arrived: [],
      receipts: [{ messageId: filled(1), code: 'ok' }],
    });
    const mail = await peers.seal(receipts, 0x80, filled(11));
    const after = await peers.seal('leak', 0, filled(12));
    assert.deepEqual(await receiveAll([before, mail, after]), ['ok', 'ok', 'ok']);
    // Of 50 the message after it took one.
    assert.equal(peers.bob.keys.fsm.issued.shortage(peers.alice.pk, { fill: true }), 104 - 49);
  });
});
