import assert from 'node:assert/strict';
import type { Load } from '../../../../../lib/client/journal/load';
import type { Origin, Received } from '../../../../../lib/client/receiving/receive-result';
import { KeyPeer, pair } from '../../../forward-security/support/key-peer';
import { codes, LargeMail, THREE_CHUNKS } from '../../support/large-mail';
import { ReceivingPeer } from '../../support/receiving-peer';

const NODE = { via: 'stored', node: new Uint8Array(32).fill(3) } as const;
const UNKNOWN = { code: 'unknown-tag' } as const;

describe('the limits of unfinished large messages', () => {
  let alice: KeyPeer;
  let bob: ReceivingPeer;
  let direct: Origin;

  const open = async (most: Partial<Load> = {}, memory = {}) => {
    const peers = await pair('large limits');
    alice = peers.alice;
    bob = new ReceivingPeer(peers.bob, memory, { messages: 1000, bytes: 64_000_000, ...most });
    await peers.bob.giveKeys(alice);
    direct = { via: 'direct', peer: alice.pk };
  };
  const mailOf = (number: number, length = THREE_CHUNKS) =>
    new LargeMail(alice, bob.keys, { number, data: new Uint8Array(length).fill(0x61) });
  const give = async (envelopes: readonly Uint8Array[], origin: Origin = direct): Promise<Received[]> => {
    const received: Received[] = [];
    for (const envelope of envelopes) received.push(await bob.receive(envelope, origin));
    return received;
  };
  const numbers = () => bob.assemblies.of(alice.pk).map(({ messageId }) => messageId[0]);
  /** The node was asked for the chunks of all heads. */
  const look = () => bob.headTurns.looked(NODE.node, bob.headTurns.count);

  describe('in number', () => {
    let mails: LargeMail[];
    let heads: Uint8Array[];

    beforeEach(async () => {
      await open();
      mails = [1, 2, 3, 4, 5, 6].map((number) => mailOf(number));
      heads = [];
      for (const mail of mails) heads.push(await mail.seal());
    });

    const chunk = (mail: number, index: number) => mails[mail - 1]?.chunks[index] ?? new Uint8Array();

    it('have the fifth head put off the one of which nothing came for longest', async () => {
      await give(heads.slice(0, 4));
      await give([chunk(1, 0), chunk(2, 0)]);
      assert.deepEqual(codes(await give(heads.slice(4, 5))), ['ok']);
      assert.deepEqual(numbers(), [4, 1, 2, 5]);
      await give([chunk(4, 2), heads[5] ?? chunk(1, 1)]);
      assert.deepEqual(numbers(), [2, 5, 4, 6]);
    });

    it('hold for heads from nodes, too', async () => {
      for (const head of heads.slice(0, 5)) {
        look();
        assert.deepEqual(codes(await give([head], NODE)), ['ok']);
      }
      assert.deepEqual(numbers(), [2, 3, 4, 5]);
    });

    it('leave nothing of a message that is put off but a dead tag, without alarm and without a receipt', async () => {
      await give([...heads.slice(0, 1), chunk(1, 0), ...heads.slice(1, 5)]);
      assert.deepEqual(await give([...heads.slice(0, 1), ...(mails[0]?.chunks ?? [])]), [
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
      ]);
      await bob.crash();
      assert.deepEqual(await give(heads.slice(0, 1)), [UNKNOWN]);
      assert.deepEqual(bob.owed(alice), []);
    });

    it('let it begin again with a head that is sealed anew, from the first chunk', async () => {
      await give([...heads.slice(0, 1), chunk(1, 0), chunk(1, 1), ...heads.slice(1, 5)]);
      const again = (await mails[0]?.seal()) ?? new Uint8Array();
      assert.deepEqual(codes(await give([again, chunk(1, 2), chunk(1, 0)])), ['ok', 'ok', 'ok']);
      assert.deepEqual([bob.inbox.size, numbers()], [0, [3, 4, 5, 1]]);
      await give([chunk(1, 1)]);
      assert.deepEqual([bob.inbox.size, numbers()], [1, [3, 4, 5]]);
      assert.deepEqual(codes(await give([again, ...heads.slice(0, 1)])), ['known', 'unknown-tag']);
    });

    it('are not more because one of them begins anew', async () => {
      await give(heads.slice(0, 4));
      const init = { number: 2, key: new Uint8Array(32).fill(99) };
      await give([await new LargeMail(alice, bob.keys, init).seal()]);
      assert.deepEqual(numbers(), [1, 3, 4, 2]);
    });

    it('hold within one turn as they do one after the other', async () => {
      await give(heads.slice(0, 4));
      const together = (...envelopes: Uint8Array[]) =>
        Promise.all(envelopes.map((envelope) => bob.receive(envelope, direct)));
      await together(chunk(1, 0), heads[4] ?? chunk(1, 1));
      assert.deepEqual(numbers(), [3, 4, 1, 5]);
      assert.deepEqual(codes(await together(heads[5] ?? chunk(1, 1), chunk(3, 0))), ['ok', 'unknown-tag']);
      await bob.crash();
      assert.deepEqual(numbers(), [4, 1, 5, 6]);
    });

    it("do not touch another friend's", async () => {
      const carol = await KeyPeer.open('carol');
      await bob.keys.giveKeys(carol);
      const others = new LargeMail(carol, bob.keys, { number: 9 });
      await bob.receive(await others.seal(), { via: 'direct', peer: carol.pk });
      await give(heads.slice(0, 5));
      assert.deepEqual(numbers(), [2, 3, 4, 5]);
      assert.equal(bob.assemblies.of(carol.pk).length, 1);
    });
  });

  describe('in bytes', () => {
    /** Half of it is for one friend: three of these. */
    const SIZE = 20_000;

    beforeEach(async () => {
      await open({ bytes: 6 * SIZE });
      for (const number of [1, 2, 3]) await give([await mailOf(number, SIZE).seal()]);
      look();
    });

    it('leave a head that finds no room at its node', async () => {
      const head = await mailOf(4, SIZE).seal();
      const { pk: sender } = alice;
      assert.deepEqual(await give([head], NODE), [{ code: 'busy', turnedAway: { sender, bytes: SIZE } }]);
      assert.deepEqual(numbers(), [1, 2, 3]);
      assert.equal(bob.keys.fsm.issued.liveCount(sender), 101);
    });

    it('have one that the friend delivers put off as many older ones as it takes', async () => {
      assert.deepEqual(codes(await give([await mailOf(4, 3 * SIZE).seal()])), ['ok']);
      assert.deepEqual(numbers(), [3, 4]);
    });

    it('put off nothing for one that finds no room even so', async () => {
      assert.deepEqual(codes(await give([await mailOf(4, 6 * SIZE + 1).seal()])), ['busy']);
      assert.deepEqual(numbers(), [1, 2, 3]);
    });

    it('count what the same message has here as free', async () => {
      const other = new LargeMail(alice, bob.keys, {
        number: 2,
        data: new Uint8Array(SIZE).fill(0x62),
        key: new Uint8Array(32).fill(99),
      });
      look();
      assert.deepEqual(codes(await give([await other.seal()], NODE)), ['ok']);
      assert.deepEqual(numbers(), [1, 3, 2]);
    });

    it('ask for no room for a message that is complete', async () => {
      const mail = mailOf(1, SIZE);
      await give(mail.chunks);
      assert.deepEqual(codes(await give([await mail.seal()], NODE)), ['known']);
    });

    it('reckon a deflated one as the largest that it can be', async () => {
      for (const [bytes, code] of [
        [262_143, 'busy'],
        [262_144, 'ok'],
      ] as const) {
        await open({ bytes });
        const mail = new LargeMail(alice, bob.keys, { data: new Uint8Array(3000), inner: 2, deflated: true });
        assert.deepEqual(codes(await give([await mail.seal()])), [code]);
      }
    });

    it('take a place of the inbox for each', async () => {
      await open({ messages: 2 });
      assert.deepEqual(codes(await give([await mailOf(1).seal()])), ['ok']);
      const { envelope } = await alice.send(bob.keys, 'leak');
      assert.deepEqual(codes(await give([envelope])), ['busy']);
    });
  });

  it('open the next head from a node only when the chunks of the last were looked for', async () => {
    await open();
    const [first, second, third] = [1, 2, 3].map((number) => mailOf(number)) as [
      LargeMail,
      LargeMail,
      LargeMail,
    ];
    const head = await second.seal();
    let opened = 0;
    bob.headTurns.listen(() => (opened += 1));
    assert.deepEqual(codes(await give([await first.seal(), head], NODE)), ['ok', 'busy']);
    assert.equal(opened, 1);
    assert.deepEqual(codes(await give([await third.seal()])), ['ok'], 'the friend itself may');
    look();
    assert.deepEqual(codes(await give([head], NODE)), ['ok']);
    assert.deepEqual([opened, numbers()], [3, [1, 3, 2]]);
  });

  it('keep a chunk for which the disk has no room where it is', async () => {
    await open();
    const mail = mailOf(1);
    await give([await mail.seal()]);
    bob.hasRoom = false;
    assert.deepEqual(codes(await give(mail.chunks)), ['busy', 'busy', 'busy']);
    bob.hasRoom = true;
    assert.deepEqual(codes(await give(mail.chunks)), ['ok', 'ok', 'ok']);
  });

  it('keep the last chunk where it is while there is no room to remember the message', async () => {
    await open({}, { tombstones: 4 });
    const mail = mailOf(1);
    const { envelope } = await alice.send(bob.keys, 'leak');
    await give([envelope, await mail.seal()]);
    const together = await Promise.all(mail.chunks.map((chunk) => bob.receive(chunk, direct)));
    assert.deepEqual(codes(together), ['ok', 'ok', 'busy']);
    assert.deepEqual([bob.inbox.size, numbers()], [1, [1]]);
    const writes = bob.keys.store.batch();
    bob.receipts.confirm(
      writes,
      alice.pk,
      bob.receipts.owedTo(alice.pk).map(({ messageId }) => messageId),
    );
    await writes.commit();
    assert.deepEqual(codes(await give(mail.chunks)), ['known', 'known', 'ok']);
    assert.equal(bob.tombstones.countOf(alice.pk), 4);
  });
});
