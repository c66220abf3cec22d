import assert from 'node:assert/strict';
import { sameBytes, utf8 } from '../../../../lib/bytes';
import { DEFAULT_CLIENT_LIMITS } from '../../../../lib/client/client-limits';
import type { Outcome, SendOptions } from '../../../../lib/client/messages';
import { Contexts } from '../../../../lib/client/journal/outgoing/contexts';
import { Outbox } from '../../../../lib/client/journal/outgoing/outbox';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { LargeTurns } from '../../../../lib/client/sending/large/large-turns';
import { OutboxRoom } from '../../../../lib/client/sending/outbox-room';
import { Displacement } from '../../../../lib/client/sending/early-end/displacement';
import { EarlyEnds } from '../../../../lib/client/sending/early-end/early-ends';
import { SealTime } from '../../../../lib/client/sending/sealing/seal-time';
import { Sender } from '../../../../lib/client/sending/sender';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { MAX_PAYLOAD_SIZE } from '../../../../lib/constants';
import { ToxAsyncError } from '../../../../lib/errors';
import { decodeExtended, type ExtendedContent } from '../../../../lib/protocol/envelope/extended-content';
import { readLargeContent } from '../../../../lib/protocol/envelope/large/large-content';
import { refuseCommits } from '../../../support/refusing-commits';
import { pair, type KeyPeer } from '../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();
const ID = new Uint8Array(32).fill(1);
const stranger = new Uint8Array(32).fill(9);

describe('the sender', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;
  let outbox: Outbox;
  /** Slots that were asked for. */
  let allocated: number;
  let hasRoom: boolean;
  /** How often it was asked whether there is room. */
  let asked: number;
  let ended: Outcome | undefined;
  /** What was accepted, and whether it was durable then. */
  let accepted: [string, boolean][];
  /** Who heard of it, in order. */
  let heard: string[];
  /** How messages ended for others. */
  let endings: string[];
  let isNodeHere: boolean;
  let queues: KeyedQueue;
  let sender: Sender;

  beforeEach(async () => {
    ({ alice, bob } = await pair('sender'));
    await bob.giveKeys(alice);
    [allocated, hasRoom, asked, ended, accepted, heard] = [0, true, 0, undefined, [], []];
    [endings, isNodeHere] = [[], false];
    queues = new KeyedQueue();
    outbox = open();
    sender = make();
  });

  function open(): Outbox {
    const { store, vault, fsm: forwardSecurity } = alice;
    return new Outbox({ crypto, store, vault, forwardSecurity });
  }

  function contexts(): Contexts {
    const { store, vault } = alice;
    return new Contexts({ crypto, store, vault });
  }

  const nameOf = (friend: Uint8Array) => (sameBytes(friend, bob.pk) ? 'bob' : 'a stranger');

  function make(limits = {}): Sender {
    const { store, vault, fsm: forwardSecurity, random } = alice;
    const room = new OutboxRoom({ outbox }, { ...DEFAULT_CLIENT_LIMITS, ...limits });
    const plain = { wasOffered: () => false };
    const turns = new LargeTurns({ store, ages: { now: () => alice.age }, outbox, forwardSecurity });
    const sealTime = new SealTime({
      ages: { now: () => alice.age },
      outbox,
      turns,
      plain,
      direct: { isHere: () => false },
      nodes: { candidates: () => (isNodeHere ? [stranger] : []) },
    });
    const earlyEnds = new EarlyEnds({
      vault,
      outbox,
      plain,
      forwardSecurity,
      completion: {
        cancelled: (writes, entry, { code, mayArrive }) => {
          outbox.remove(writes, entry);
          const text = new TextDecoder().decode(outbox.plaintext(entry));
          writes.afterCommit(() =>
            endings.push([text, code, ...(mayArrive ? ['may arrive'] : [])].join(' ')),
          );
        },
      },
      wakeup: { friend: () => undefined, message: () => undefined },
    });
    return new Sender({
      crypto,
      random,
      ages: { now: () => alice.age },
      clock: { wall: () => 5_000 },
      store,
      vault: {
        allocate: (count) => {
          allocated += count;
          return vault.allocate(count);
        },
      },
      outbox,
      displacement: new Displacement({ crypto, outbox, sealTime, room }),
      earlyEnds,
      sealTime,
      outcomes: { find: () => ended },
      contexts: contexts(),
      queues,
      forwardSecurity,
      space: {
        assertRoom: () => {
          asked += 1;
          if (!hasRoom) throw new ToxAsyncError('ErrLocalStorageFull', 'no room');
        },
      },
      turns,
      reasons: { of: () => undefined },
      reasonChanges: { noteTold: () => undefined },
      meetings: { noteSpent: (friend) => heard.push(`peer hears of ${nameOf(friend)}`) },
      dispatcher: {
        dispatch: (entry) => {
          heard.push('dispatched');
          const text = new TextDecoder().decode(outbox.plaintext(entry));
          accepted.push([text, open().find(entry.friend, entry.messageId) !== undefined]);
        },
      },
      hooks: {
        onAccepted: (friend) => heard.push(`accepted for ${nameOf(friend)}`),
        onKeySpent: (friend) => heard.push(`key of ${nameOf(friend)} spent`),
      },
    });
  }

  const send = (text: string, options: SendOptions = {}, friend = bob.pk) =>
    sender.send(friend, text, 0, options);
  const texts = () => outbox.entries().map((entry) => new TextDecoder().decode(outbox.plaintext(entry)));

  /** Neither memory nor the vault has anything of what was refused. */
  async function refused(code: string, sending: Promise<unknown>): Promise<void> {
    const before = [allocated, outbox.messages];
    await assert.rejects(sending, { code });
    assert.deepEqual([allocated, outbox.messages], before);
  }

  it('asks whether there is room before anything is allocated, and takes nothing without', async () => {
    hasRoom = false;
    await refused('ErrLocalStorageFull', send('leak'));
    assert.deepEqual([asked, allocated, open().entries()], [1, 0, []]);
    hasRoom = true;
    await send('leak');
    assert.deepEqual([asked, allocated], [2, 1]);
  });

  it('names a message that is there already, or ended, although there is no room', async () => {
    const first = await send('leak', { messageId: ID });
    hasRoom = false;
    alice.age += 10;
    assert.deepEqual(await send('other', { messageId: ID }), first);
    assert.deepEqual([asked, allocated, texts()], [1, 1, ['leak']]);
    const { messageId } = await sendEnded();
    assert.deepEqual(messageId, new Uint8Array(32).fill(2));
    assert.deepEqual([asked, allocated, texts()], [1, 1, ['leak']]);
  });

  function sendEnded(): ReturnType<typeof send> {
    const messageId = new Uint8Array(32).fill(2);
    const times = { createdAt: 1, expiresAt: 2, at: 2 };
    ended = { messageId, friend: bob.pk, state: 'delivered', nodes: 0, wanted: 3, ...times };
    return send('ended', { messageId });
  }

  it('allocates nothing for what the outbox has no place for, nor without keys when those are asked for', async () => {
    sender = make({ outboxMessages: 1 });
    await refused('ErrNoPreKeys', send('x', { withoutKeys: 'error' }, stranger));
    await send('x', { withoutKeys: 'queue' }, stranger);
    await refused('ErrOutboxFull', send('leak'));
    sender = make({ outboxBytes: 5 });
    await refused('ErrOutboxFull', send('12345'));
    await send('1234', { withoutKeys: 'error' });
  });

  describe('of a context', () => {
    /** As a start would give it back. */
    const contextOf = (friend = bob.pk) => contexts().of({ friend, messageId: ID });

    it('takes 4,096 characters of JSON, and no more', async () => {
      await refused('ErrInvalidArgument', send('leak', { context: 'x'.repeat(4_095) }));
      await send('leak', { messageId: ID, context: 'x'.repeat(4_094) });
      assert.deepEqual(contextOf(), { context: 'x'.repeat(4_094) });
      assert.equal(allocated, 2, 'the context has a slot of its own');
    });

    it('refuses what has no JSON form', async () => {
      const circle: { inside?: unknown } = {};
      circle.inside = circle;
      for (const context of [circle, 1n, () => undefined, Symbol('leak')]) {
        await refused('ErrInvalidArgument', send('leak', { context }));
      }
    });

    it('keeps what it was at the call, as a start would give it back', async () => {
      const context = { room: 'cellar', at: new Date(0), nothing: undefined };
      const sending = send('leak', { messageId: ID, context });
      context.room = 'x'.repeat(5_000);
      await sending;
      const kept = { room: 'cellar', at: '1970-01-01T00:00:00.000Z' };
      assert.deepEqual(contextOf(), { context: kept });
    });

    it('has none without', async () => {
      await send('leak', { messageId: ID });
      assert.deepEqual([contextOf(), allocated], [{}, 1]);
    });
  });

  it('accepts what is durable, sealed, in the order of the calls', async () => {
    const names = ['one', 'two', 'three'];
    await Promise.all(names.map((text) => send(text)));
    assert.deepEqual(
      accepted,
      names.map((text) => [text, true]),
    );
    assert.deepEqual(texts(), names);
    assert.ok(outbox.entries().every((entry) => outbox.envelope(entry)));
  });

  it('tells of a message first that its key is spent, then of itself, then has it sent', async () => {
    await send('leak');
    const spent = ['key of bob spent', 'peer hears of bob'];
    assert.deepEqual(heard.splice(0), [...spent, 'accepted for bob', 'dispatched']);
    await send('leak', {}, stranger);
    assert.deepEqual(heard, ['accepted for a stranger', 'dispatched'], 'which took no key');
  });

  it('takes back what could not be made durable, and goes on', async () => {
    const { store } = alice;
    const batch = store.batch.bind(store);
    store.batch = () => {
      const writes = batch();
      writes.commit = () => Promise.reject(new Error('the disk is gone'));
      return writes;
    };
    await assert.rejects(send('leak'), /the disk is gone/);
    store.batch = batch;
    assert.deepEqual([accepted, outbox.messages], [[], 0]);
    await outbox.settled();
    await send('another');
    assert.deepEqual(accepted, [['another', true]]);
  });

  it('wipes its own copy of the text once the message is journalled or refused', async () => {
    const add = outbox.add.bind(outbox);
    const copies: Uint8Array[] = [];
    let fail = false;
    outbox.add = (writes, fields, data, secret) => {
      copies.push(data);
      if (fail) throw new Error('the disk is gone');
      return add(writes, fields, data, secret);
    };
    const given = utf8('leak');
    await sender.send(bob.pk, given);
    fail = true;
    await assert.rejects(sender.send(bob.pk, 'leak'), /the disk is gone/);
    assert.deepEqual(copies, [new Uint8Array(4), new Uint8Array(4)]);
    assert.deepEqual([given, texts()], [utf8('leak'), ['leak']]);
  });

  it('keeps the deflated form, which a start finds', async () => {
    await sender.send(bob.pk, { json: 'a'.repeat(5000) });
    const [entry] = open().entries();
    assert.ok(entry);
    assert.equal(entry.type, 4);
    const data = open().plaintext(entry);
    assert.deepEqual([data?.[0], data?.[1], data?.length], [3, 1, entry.size]);
    assert.ok(entry.size < 100);
  });

  it('keeps what no envelope holds as one message, whose head alone is sealed', async () => {
    const text = 'a'.repeat(5000);
    await sender.send(bob.pk, { json: text }, 0, { compress: 'off', label: 'topic' });
    const [entry] = open().entries();
    assert.ok(entry);
    assert.deepEqual([entry.type, entry.large], [4, { chunks: 1, turnAt: alice.age }]);
    const data = open().plaintext(entry) ?? new Uint8Array();
    const { inner, label, isLarge, rest } = decodeExtended(data) as ExtendedContent;
    assert.deepEqual(
      [inner, label, isLarge, JSON.parse(new TextDecoder().decode(rest))],
      [3, 'topic', true, text],
    );
    const envelope = open().envelope(entry) ?? new Uint8Array();
    const { messageType, data: head } = await bob.fsm.decryptForwardSecureMessage(envelope);
    const large = readLargeContent({ type: messageType, data: head });
    assert.ok(typeof large === 'object');
    assert.deepEqual([large.total, large.label, large.isDeflated], [5002, 'topic', false]);
  });

  it('deflates a large message once, before it counts its chunks', async () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `line ${n}`);
    await sender.send(bob.pk, { json: lines });
    const [entry] = open().entries();
    const all = JSON.stringify(lines).length;
    assert.ok(entry?.large && entry.size < all / 2);
    assert.equal(entry.large.chunks, Math.ceil((entry.size - 1372 + 37) / 5300));
  });

  it('seals the head of the first large message for a friend alone, and takes no key for the others', async () => {
    for (const name of ['m', 'n', 'o'])
      await sender.send(bob.pk, new Uint8Array(5000), 0, { label: name, compress: 'off' });
    assert.deepEqual(
      open()
        .entries()
        .map(({ sealed, large }) => [sealed !== undefined, large?.turnAt]),
      [
        [true, alice.age],
        [false, undefined],
        [false, undefined],
      ],
    );
    assert.equal(outbox.waitsForKey(bob.pk), false);
    assert.equal(alice.fsm.getAvailableKeyCount(bob.pk), 99);
  });

  it('takes up to 262,144 bytes before they are deflated', async () => {
    await sender.send(bob.pk, new Uint8Array(MAX_PAYLOAD_SIZE));
    await sender.send(bob.pk, new Uint8Array(MAX_PAYLOAD_SIZE), 0, { compress: 'off' });
    await refused('ErrMessageTooLarge', sender.send(bob.pk, new Uint8Array(MAX_PAYLOAD_SIZE + 1)));
  });

  describe('of a message that replaces others', () => {
    const replaces = 'temperature';
    const sealed = () => outbox.entries().map((entry) => entry.sealed !== undefined);
    const keys = () => alice.fsm.getAvailableKeyCount(bob.pk);

    it('takes a key for it only when somebody is there to take it', async () => {
      await send('one', { replaces });
      assert.deepEqual([sealed(), keys()], [[false], 100]);
      isNodeHere = true;
      await send('two', { replaces: 'humidity' });
      assert.deepEqual([sealed(), keys()], [[false, true], 99]);
    });

    it('ends the one before in the batch that takes it', async () => {
      const first = await send('one', { replaces });
      await send('two', { replaces });
      assert.deepEqual([endings, texts()], [['one replaced'], ['two']]);
      assert.equal(open().find(bob.pk, first.messageId), undefined);
      const end = refuseCommits(alice.store);
      await assert.rejects(send('three', { replaces }), /the disk is gone/);
      end();
      assert.deepEqual([endings, texts()], [['one replaced'], ['two']]);
      await send('four', { replaces });
      assert.deepEqual([endings, texts()], [['one replaced', 'two replaced'], ['four']]);
    });

    it('gives it the place of the one before', async () => {
      sender = make({ outboxMessages: 2 });
      await send('one', { replaces });
      await send('two', { replaces });
      await refused('ErrOutboxFull', send('three', { replaces: 'humidity' }));
      assert.deepEqual(texts(), ['two']);
    });

    it('gives it the key of one that had not left', async () => {
      isNodeHere = true;
      await send('one', { replaces });
      const [one] = outbox.entries();
      assert.ok(one?.sealed);
      await send('two', { replaces });
      assert.deepEqual([endings, sealed(), keys()], [['one replaced'], [false], 100]);
      assert.equal(alice.fsm.held.next(bob.pk)?.index, one.sealed.preKeyId & 0xff);
    });

    it('keeps the newest behind one that left', async () => {
      isNodeHere = true;
      await send('one', { replaces });
      const [one] = outbox.entries();
      assert.ok(one && outbox.envelope(one));
      for (const text of ['two', 'three']) await send(text, { replaces });
      assert.deepEqual([texts(), endings, sealed()], [['one', 'three'], ['two replaced'], [true, false]]);
    });

    it('knows of one that leaves while the vault makes the slot', async () => {
      isNodeHere = true;
      await send('one', { replaces });
      const [one] = outbox.entries();
      assert.ok(one);
      const allocate = alice.vault.allocate.bind(alice.vault);
      alice.vault.allocate = (count) => {
        outbox.envelope(one);
        return allocate(count);
      };
      await send('two', { replaces });
      assert.deepEqual([texts(), endings, sealed()], [['one', 'two'], [], [true, false]]);
    });

    it('takes them in the order of the calls', async () => {
      const sent = ['one', 'two', 'three'].map((text) => send(text, { replaces }));
      await Promise.all(sent);
      assert.deepEqual([texts(), endings], [['three'], ['one replaced', 'two replaced']]);
    });

    it('refuses a name that is none before anything is allocated', async () => {
      await refused('ErrInvalidArgument', send('one', { replaces: '' }));
      await refused('ErrInvalidArgument', send('one', { replaces: 'x'.repeat(256) }));
    });
  });

  describe('of an urgent message', () => {
    const urgent = true;

    it('takes it although the outbox is full, up to its own limit', async () => {
      sender = make({ outboxMessages: 2, outboxUrgent: 2 });
      await send('one');
      await refused('ErrOutboxFull', send('two'));
      for (const text of ['three', 'four']) await send(text, { urgent });
      await refused('ErrOutboxFull', send('five', { urgent }));
      const [, three] = outbox.entries();
      assert.ok(three?.isUrgent);
      outbox.withdraw(three);
      await send('six', { urgent });
      assert.deepEqual([texts(), outbox.urgentMessages], [['one', 'four', 'six'], 2]);
    });

    it('seals it to a key that is kept for such, where others wait', async () => {
      const keys = () => alice.fsm.getAvailableKeyCount(bob.pk);
      while (keys() > 8) await send('one');
      await send('two');
      await refused('ErrNoPreKeys', send('three', { withoutKeys: 'error' }));
      assert.equal(outbox.entries().at(-1)?.sealed, undefined);
      await send('four', { urgent, withoutKeys: 'error' });
      assert.deepEqual([outbox.entries().at(-1)?.sealed !== undefined, keys()], [true, 7]);
    });

    it('knows it after a start', async () => {
      await send('one', { urgent });
      await send('two', { urgent: false });
      assert.deepEqual(
        [
          open().urgentMessages,
          open()
            .entries()
            .map(({ isUrgent }) => isUrgent),
        ],
        [1, [true, undefined]],
      );
    });
  });

  describe('of a message that may be dropped', () => {
    const whenFull = 'drop-oldest';
    const keys = () => alice.fsm.getAvailableKeyCount(bob.pk);

    beforeEach(() => (sender = make({ outboxMessages: 6 })));

    it('drops the oldest of them for the next when the outbox is full, and none before', async () => {
      for (const text of ['one', 'two', 'three']) await send(text, { whenFull });
      assert.deepEqual(endings, []);
      await send('four', { whenFull });
      assert.deepEqual([endings, texts()], [['one dropped'], ['two', 'three', 'four']]);
    });

    it('drops none that was sent without it, and none for a message without it', async () => {
      await send('one');
      await send('two', { whenFull });
      await send('three');
      await refused('ErrOutboxFull', send('four'));
      await send('five', { whenFull });
      await send('six', { whenFull });
      assert.deepEqual(
        [endings, texts()],
        [
          ['two dropped', 'five dropped'],
          ['one', 'three', 'six'],
        ],
      );
    });

    it('is refused when there is none that it could take the place of', async () => {
      for (const text of ['one', 'two', 'three']) await send(text);
      await refused('ErrOutboxFull', send('four', { whenFull }));
      assert.deepEqual(endings, []);
    });

    it('drops none that a storage node holds', async () => {
      isNodeHere = true;
      for (const text of ['one', 'two', 'three']) await send(text, { whenFull });
      const [one] = outbox.entries();
      assert.ok(one);
      const writes = alice.store.batch();
      outbox.recordCopies(writes, one, [{ node: stranger, at: alice.age, kept: 100 }], 1);
      await writes.commit();
      await send('four', { whenFull });
      assert.deepEqual([endings, texts()], [['two dropped'], ['one', 'three', 'four']]);
    });

    it('says of one that had left that it may arrive', async () => {
      isNodeHere = true;
      for (const text of ['one', 'two', 'three']) await send(text, { whenFull });
      const [one] = outbox.entries();
      assert.ok(one && outbox.envelope(one));
      for (const text of ['four', 'five']) await send(text, { whenFull });
      assert.deepEqual(endings, ['one dropped may arrive', 'two dropped']);
      assert.equal(keys(), 100 - 4 + 1, 'the key of two is free again');
    });

    it('drops as many as its bytes take', async () => {
      sender = make({ outboxBytes: 20 });
      for (const text of ['1234', '567', '890']) await send(text, { whenFull });
      await send('a'.repeat(10), { whenFull });
      assert.deepEqual(
        [endings, texts()],
        [
          ['1234 dropped', '567 dropped'],
          ['890', 'a'.repeat(10)],
        ],
      );
      await refused('ErrOutboxFull', send('b'.repeat(21), { whenFull }));
    });

    it('drops one for each, however quickly they come', async () => {
      await Promise.all(['one', 'two', 'three', 'four', 'five'].map((text) => send(text, { whenFull })));
      assert.deepEqual(
        [endings, texts()],
        [
          ['one dropped', 'two dropped'],
          ['three', 'four', 'five'],
        ],
      );
    });

    it('drops none when it replaces one', async () => {
      const replaces = 'temperature';
      await send('one', { whenFull });
      await send('two', { whenFull, replaces });
      await send('three', { whenFull });
      await send('four', { whenFull, replaces });
      assert.deepEqual([endings, texts()], [['two replaced'], ['one', 'three', 'four']]);
    });

    it('takes a key only when somebody is there to take it', async () => {
      await send('one', { whenFull });
      assert.deepEqual([keys(), outbox.entries()[0]?.sealed], [100, undefined]);
      assert.equal(open().entries()[0]?.isDroppable, true);
    });
  });

  describe('while the disk is slow', () => {
    /** Lets what was committed become durable. */
    let release: () => void;

    beforeEach(() => slow());

    function slow(): void {
      const { store } = alice;
      const batch = store.batch.bind(store);
      const disk = new Promise<void>((resolve) => (release = resolve));
      store.batch = () => {
        const writes = batch();
        const commit = writes.commit.bind(writes);
        writes.commit = (how) => disk.then(() => commit(how));
        return writes;
      };
    }

    it('is settled when all it journals is durable', async () => {
      const sending = send('leak');
      await alice.time.advance(1);
      const settling = outbox.settled().then(() => accepted.length);
      await alice.time.advance(1);
      assert.deepEqual([outbox.messages, accepted], [1, []]);
      release();
      assert.equal(await settling, 1);
      await sending;
    });

    it('answers a double when the first is durable', async () => {
      const durable = () => accepted.length;
      const calls = [send('leak', { messageId: ID }), send('leak', { messageId: ID })];
      const ends = calls.map((call) => call.then(durable));
      await alice.time.advance(1);
      release();
      assert.deepEqual(await Promise.all(ends), [1, 1]);
      const [first, second] = await Promise.all(calls);
      assert.deepEqual(second, first);
      assert.deepEqual([allocated, outbox.load().bytes], [1, utf8('leak').length]);
    });

    it('judges no message that is still on its way there', async () => {
      const options: SendOptions[] = [{ replaces: 'temperature' }, { whenFull: 'drop-oldest' }];
      sender = make({ outboxMessages: 2 });
      for (const each of options) {
        const before = allocated;
        const calls = [send('one', each), send('two', each)];
        await alice.time.advance(1);
        assert.deepEqual([allocated - before, endings], [1, []]);
        release();
        await Promise.all(calls);
        assert.equal(endings.splice(0).length, 1);
        for (const entry of outbox.entries()) outbox.withdraw(entry);
        slow();
      }
    });

    it('lets nothing else end what it replaces until both are durable', async () => {
      release();
      await send('one', { replaces: 'temperature' });
      slow();
      const sending = send('two', { replaces: 'temperature' });
      const receipt = queues.run(bob.pk, () => texts());
      await alice.time.advance(10);
      assert.deepEqual([outbox.messages, endings], [2, []]);
      release();
      await sending;
      assert.deepEqual([await receipt, endings], [['two'], ['one replaced']]);
    });
  });
});
