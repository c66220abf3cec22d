import assert from 'node:assert/strict';
import { toHex } from '../../../../../lib/bytes';
import { LargeLives } from '../../../../../lib/client/receiving/large/large-lives';
import { FriendMemory } from '../../../../../lib/client/journal/friend-memory';
import { withdrawUnreadable } from '../../../../../lib/client/journal/withdrawal';
import type { Origin, Received } from '../../../../../lib/client/receiving/receive-result';
import { KeyPeer, DAY, pair } from '../../../forward-security/support/key-peer';
import { codes, LargeMail } from '../../support/large-mail';
import { ReceivingPeer } from '../../support/receiving-peer';

describe('the life of a large message that is not complete', () => {
  let alice: KeyPeer;
  let bob: ReceivingPeer;
  let direct: Origin;
  let mail: LargeMail;
  let head: Uint8Array;
  /** Receipts that went out at once: message id in hex and code. */
  let sent: [string, string][];

  beforeEach(async () => {
    const peers = await pair('large lives');
    alice = peers.alice;
    bob = new ReceivingPeer(peers.bob);
    await peers.bob.giveKeys(alice);
    direct = { via: 'direct', peer: alice.pk };
    mail = new LargeMail(alice, bob.keys);
    head = await mail.seal(DAY);
    sent = [];
  });

  const give = async (envelopes: readonly Uint8Array[]): Promise<Received[]> => {
    const received: Received[] = [];
    for (const envelope of envelopes) received.push(await bob.receive(envelope, direct));
    return received;
  };
  const expire = async () => {
    const { assemblies, tombstones, receipts, room, queues, keys } = bob;
    const { store } = keys;
    const ages = { now: () => keys.age };
    const lives = new LargeLives({
      assemblies,
      tombstones,
      receipts,
      memory: new FriendMemory({ store, ages, tombstones, receipts }),
      store,
      ages,
      room,
      queues,
      network: { isProven: () => bob.hasSession },
      meetings: { sendReceipt: (_peer, { messageId, code }) => sent.push([toHex(messageId), code]) },
      hooks: {
        onError: (error) => {
          throw error;
        },
      },
    });
    lives.expire();
    await queues.idle();
  };

  it('goes on with whatever it had after every crash', async () => {
    await give([head]);
    await bob.crash();
    for (const chunk of mail.chunks.slice(0, 2)) {
      assert.deepEqual(codes(await give([chunk])), ['ok']);
      await bob.crash();
      assert.deepEqual(codes(await give([chunk, head])), ['known', 'known']);
    }
    assert.equal(bob.inbox.size, 0);
    await give(mail.chunks.slice(2));
    await bob.crash();
    assert.deepEqual(
      bob.inbox.entries().map((entry) => bob.inbox.read(entry)?.data),
      [mail.data],
    );
    assert.deepEqual(codes(await give([...mail.chunks, head])), ['known', 'known', 'known', 'known']);
    assert.deepEqual(bob.owed(alice), [[mail.id, 'ok']]);
  });

  it('is not changed by a batch that was not durable', async () => {
    await give([head]);
    const lost = bob.receive(mail.chunks[0] ?? head, direct);
    bob.keys.volume.crash();
    await assert.rejects(lost);
    bob.keys.disk.crash();
    await bob.keys.start();
    const restarted = new ReceivingPeer(bob.keys);
    assert.deepEqual(
      restarted.assemblies.of(alice.pk).map(({ kept }) => kept),
      [[]],
    );
    bob = restarted;
    await give(mail.chunks);
    assert.equal(bob.inbox.size, 1);
  });

  it('ends incomplete: pieces and key are erased, the receipt is owed, and goes out at once if the friend is here', async () => {
    for (const hasSession of [false, true]) {
      const other = new LargeMail(alice, bob.keys, { number: hasSession ? 3 : 2 });
      await give([await other.seal(DAY), ...other.chunks.slice(0, 2)]);
      const [assembly] = bob.assemblies.of(alice.pk);
      bob.hasSession = hasSession;
      bob.keys.age += DAY;
      await expire();
      assert.equal(bob.assemblies.entries().length, 1);
      bob.keys.age += 1;
      await expire();
      assert.deepEqual(bob.assemblies.entries(), []);
      await bob.keys.vault.settled();
      assert.equal(assembly && bob.keys.vault.read(assembly.ref), undefined);
      assert.ok(bob.owed(alice).some(([id, code]) => id === other.id && code === 'incomplete'));
      assert.deepEqual(bob.receipts.dueTo(alice.pk), { first: [], again: [] });
    }
    assert.deepEqual(sent, [[new LargeMail(alice, bob.keys, { number: 3 }).id, 'incomplete']]);
  });

  it('is over for its head and its chunks when they come again, also sealed anew', async () => {
    await give([head, ...mail.chunks.slice(0, 1)]);
    bob.keys.age += DAY + 1;
    await expire();
    await bob.crash();
    const { messageId } = mail;
    const over = {
      code: 'incomplete',
      message: { sender: alice.pk, messageId, receipt: 'incomplete', isLarge: true },
    };
    assert.deepEqual(await give([head, await mail.seal(DAY)]), [over, over]);
    assert.deepEqual(codes(await give(mail.chunks)), ['known', 'known', 'known']);
    assert.equal(bob.inbox.size, 0);
  });

  it('begins again when the vault lost its key: the sender seals another head', async () => {
    await give([head, ...mail.chunks.slice(0, 2)]);
    const [assembly] = bob.assemblies.of(alice.pk);
    assert.ok(assembly);
    const writes = bob.keys.store.batch();
    bob.keys.vault.erase(writes, [assembly.ref]);
    await writes.commit();
    const { store, vault } = bob.keys;
    const { inbox, assemblies, tombstones, receipts } = bob;
    const parts = { store, vault, inbox, assemblies, tombstones, receipts };
    assert.deepEqual(codes(await give(mail.chunks)), ['unknown-tag', 'unknown-tag', 'unknown-tag']);
    assert.deepEqual(await withdrawUnreadable(parts), []);
    assert.deepEqual(bob.assemblies.entries(), []);
    assert.deepEqual(await give([head]), [{ code: 'unknown-tag' }]);
    await give([await mail.seal(DAY), ...mail.chunks]);
    assert.equal(bob.inbox.size, 1);
  });

  it('ends with the friendship', async () => {
    await give([head, ...mail.chunks.slice(0, 2)]);
    const writes = bob.keys.store.batch();
    bob.assemblies.forget(writes, alice.pk);
    await writes.commit();
    const range = { gte: Buffer.from('assembly'), lt: Buffer.from('assemblz') };
    assert.deepEqual([...bob.keys.store.range(range)], []);
    assert.equal(bob.assemblies.findChunk(mail.chunks[0]?.slice(33, 49) ?? head), undefined);
  });
});
