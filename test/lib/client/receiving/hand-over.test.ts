import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { HandOver } from '../../../../lib/client/receiving/hand-over';
import { Inbox } from '../../../../lib/client/journal/inbox';
import type { MessageHandler, MessageHead } from '../../../../lib/client/messages';
import type { Content } from '../../../../lib/protocol/envelope/content';
import { encodeExtended } from '../../../../lib/protocol/envelope/extended-content';
import { allocateSlot } from '../../../../lib/store/vault/slot-box';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { KeyPeer } from '../../forward-security/support/key-peer';
import { waitFor } from '../../../support/world';
import { later } from '../support/depositor';
import { textOf } from '../../../support/text-of';

const crypto = chooseCryptoProvider();
const idOf = (text: string) => crypto.sha256(utf8(text));

describe('hand-over of what the inbox holds', () => {
  let peer: KeyPeer;
  let inbox: Inbox;
  let handOver: HandOver;
  let handed: string[];
  let lost: number;
  let errors: string[];
  /** Messages that wait, at each change. */
  let waiting: number[];
  /** How often it was asked whether mail that was turned away has room now. */
  let looks: number;

  beforeEach(async () => {
    peer = await KeyPeer.open('hand-over');
    const { store, vault, time } = peer;
    [handed, lost, errors, waiting, looks] = [[], 0, [], [], 0];
    inbox = new Inbox({ crypto, store, vault });
    handOver = new HandOver({
      crypto,
      inbox,
      store,
      clock: time.clock,
      timers: time.timers,
      room: { look: () => (looks += 1) },
      hooks: {
        onLost: () => (lost += 1),
        onError: (error) => errors.push(String(error)),
        onHandled: () => waiting.push(handOver.waiting),
      },
    });
  });

  async function add(text: string, content: Content, sender = peer.pk): Promise<void> {
    const { ref, secret } = await allocateSlot(peer.vault);
    const writes = peer.store.batch();
    const times = { sentAt: 0, receivedAt: 5 };
    const fields = {
      sender,
      messageId: idOf(text),
      via: 'direct',
      ...times,
      ref,
    } as const;
    inbox.add(writes, fields, content, secret);
    await writes.commit();
  }

  async function receive(...texts: string[]): Promise<void> {
    for (const text of texts) await add(text, { type: 0, data: utf8(text) });
    handOver.offer();
    await peer.time.advance(1);
  }

  const handle = (answer: MessageHandler) =>
    handOver.setHandler((message) => {
      handed.push(textOf(message));
      return answer(message);
    });

  it('tells each change of what waits; what was answered with later waits no more, and is not done', async () => {
    handle(() => 'later');
    await receive('one', 'two');
    assert.equal(handOver.waiting, 2);
    handOver.start();
    await peer.time.advance(1);
    assert.deepEqual(waiting, [1, 0]);
    assert.equal(inbox.size, 2);
    assert.equal(await handOver.acknowledge(peer.pk, idOf('one')), true);
    assert.equal(inbox.size, 1);
    assert.deepEqual([waiting.length, looks], [3, 3]);
  });

  it('lets a filter ask for the label, which is read once and only then', async () => {
    await receive('plain');
    const parts = { isDeflated: false, isLarge: false, inner: 0, label: 'garden' } as const;
    await add('labelled', { type: 4, data: encodeExtended({ ...parts, rest: utf8('labelled') }) });
    let reads = 0;
    const read = inbox.read.bind(inbox);
    inbox.read = (entry) => {
      reads += 1;
      return read(entry);
    };
    let wanted = 'cellar';
    const seen: (string | undefined)[] = [];
    const filter = (message: MessageHead) => {
      seen.push(message.label);
      return message.label === wanted;
    };
    handOver.start();
    handOver.setHandler((message) => void handed.push(textOf(message)), filter);
    await peer.time.advance(1);
    handOver.offer();
    await peer.time.advance(1);
    assert.deepEqual(seen, [undefined, 'garden', undefined, 'garden']);
    assert.equal(reads, 2);
    assert.equal(handOver.waiting, 2, 'not marked, not handed');
    wanted = 'garden';
    handOver.offer();
    await peer.time.advance(1);
    assert.deepEqual(handed, ['labelled']);
    assert.equal(inbox.entries()[0]?.handed, false);
  });

  it('marks a message durably before the handler sees it', async () => {
    const { store, vault } = peer;
    let marked: boolean | undefined;
    // What a start would find on the disk now.
    handle(() => void (marked = new Inbox({ crypto, store, vault }).entries()[0]?.handed));
    handOver.start();
    await receive('one');
    assert.equal(marked, true);
  });

  it('leaves no timer behind when the handler answered', async () => {
    handle(() => undefined);
    handOver.start();
    await receive('one');
    assert.equal(inbox.size, 0);
    assert.equal(peer.time.pendingTimers, 0);
  });

  it('names a message whose secret is gone, once, and goes on with the next', async () => {
    await receive('gone', 'here');
    const [gone] = inbox.entries();
    assert.ok(gone);
    const writes = peer.store.batch();
    peer.vault.erase(writes, [gone.ref]);
    await writes.commit();
    await peer.vault.settled();
    handle(() => undefined);
    handOver.start();
    await peer.time.advance(1);
    assert.deepEqual([handed, lost, inbox.size], [['here'], 1, 0]);
  });

  describe('that stops', () => {
    it('waits a second for the handler, not longer, and hands over nothing more', async () => {
      const slow = later<void>();
      handle(() => slow.promise);
      handOver.start();
      await receive('one', 'two');
      let stopped = false;
      const stopping = handOver.stop().then(() => (stopped = true));
      await peer.time.advance(999);
      assert.equal(stopped, false);
      await peer.time.advance(1);
      assert.equal(stopped, true);
      slow.resolve();
      await stopping;
      await receive('three');
      assert.deepEqual(handed, ['one']);
      assert.equal(inbox.size, 2, 'the handler took the first all the same');
    });

    it('does not wait when the handler is done before', async () => {
      const slow = later<void>();
      handle(() => slow.promise);
      handOver.start();
      await receive('one');
      const stopping = handOver.stop();
      slow.resolve();
      await peer.time.advance(1);
      await stopping;
      assert.equal(inbox.size, 0);
    });

    it('tries nothing again that failed', async () => {
      handle(() => {
        throw new Error('database is down');
      });
      handOver.start();
      await receive('one');
      assert.deepEqual(errors, ['Error: database is down']);
      assert.deepEqual(waiting, [0]);
      await waitFor(peer.time, handOver.stop());
      await peer.time.advance(100_000);
      assert.equal(peer.time.pendingTimers, 0);
      assert.deepEqual(handed, ['one']);
    });
  });

  it('gives all that waits to one who asks for it, once, for it to acknowledge', async () => {
    await receive('one', 'two');
    const taken = await handOver.takeAll();
    assert.deepEqual(
      taken.map((message) => [textOf(message), message.redelivered, message.sentAt]),
      [
        ['one', false, undefined],
        ['two', false, undefined],
      ],
    );
    assert.deepEqual(await handOver.takeAll(), []);
    handle(() => undefined);
    handOver.start();
    await peer.time.advance(1);
    assert.deepEqual(handed, [], 'nor does a handler get it');
    assert.equal(await handOver.acknowledge(peer.pk, idOf('two')), true);
    assert.equal(await handOver.acknowledge(peer.pk, idOf('two')), false);
    assert.equal(inbox.size, 1);
  });

  it('ends the message of the friend who is named when another sent one with the same id', async () => {
    const other = new Uint8Array(32).fill(7);
    for (const sender of [peer.pk, other]) await add('one', { type: 0, data: utf8('one') }, sender);
    await handOver.takeAll();
    assert.deepEqual(inbox.sendersOf(idOf('one')), [peer.pk, other]);
    assert.equal(await handOver.acknowledge(other, idOf('one')), true);
    assert.equal(await handOver.acknowledge(other, idOf('one')), false);
    assert.deepEqual(inbox.sendersOf(idOf('one')), [peer.pk]);
  });

  it('gives a message to one alone of several who ask at once', async () => {
    await receive('one', 'two');
    const taken = await Promise.all([handOver.takeAll(), handOver.takeAll(), handOver.takeAll()]);
    assert.deepEqual(taken.flat().map(textOf).sort(), ['one', 'two']);
  });

  it('gives nobody else what a handler works on, nor a handler what somebody is given', async () => {
    await receive('one', 'two');
    let finish = () => {};
    handle(() => new Promise<void>((resolve) => (finish = resolve)));
    handOver.start();
    await peer.time.advance(1);
    assert.deepEqual(handed, ['one']);
    const taking = handOver.takeAll();
    await peer.time.advance(1);
    const taken = (await taking).map(textOf);
    assert.deepEqual(taken, ['two']);
    finish();
    await peer.time.advance(1);
    assert.deepEqual([handed.length, taken.length, lost], [1, 1, 0]);
  });

  it('leaves no copy of a message in memory but the one that it gives away, also when marking fails', async () => {
    const read = inbox.read.bind(inbox);
    const copies: Uint8Array[] = [];
    inbox.read = (entry) => {
      const content = read(entry);
      if (content !== undefined) copies.push(content.data);
      return content;
    };
    const given: string[] = [];
    handle((message) => void given.push(textOf(message)));
    await receive('one', 'two');
    const { store } = peer;
    const batch = store.batch.bind(store);
    store.batch = () => {
      store.batch = batch;
      throw new Error('the disk is gone');
    };
    handOver.start();
    await peer.time.advance(1);
    assert.deepEqual([handed, errors], [['two'], ['Error: the disk is gone']]);
    assert.deepEqual(copies, [new Uint8Array(3)], 'nothing is read that could not be marked');
    assert.deepEqual(given, ['two']);
  });

  it('takes nothing for lost that was acknowledged while another message was handed over', async () => {
    await receive('one', 'two');
    const [, second] = await handOver.takeAll();
    assert.equal(textOf(second), 'two');
    let finish = () => {};
    handle(() => new Promise<void>((resolve) => (finish = resolve)));
    handOver.offerAgain();
    handOver.start();
    await peer.time.advance(1);
    assert.deepEqual(handed, ['one']);
    assert.equal(await handOver.acknowledge(peer.pk, idOf('two')), true);
    finish();
    await peer.time.advance(1);
    assert.deepEqual([handed, lost, inbox.size], [['one'], 0, 0]);
  });

  describe('to a quick handler', () => {
    /** Batches that marked messages. */
    let marks: Set<object>;

    beforeEach(async () => {
      await receive(...Array.from({ length: 100 }, (_, i) => `m${i}`));
      marks = new Set();
      const mark = inbox.markHanded.bind(inbox);
      inbox.markHanded = (writes, entry) => {
        marks.add(writes);
        mark(writes, entry);
      };
    });

    it('marks a run of messages in one batch, and keeps their order', async () => {
      handle(() => undefined);
      handOver.start();
      await peer.time.advance(100);
      assert.deepEqual(
        handed,
        Array.from({ length: 100 }, (_, i) => `m${i}`),
      );
      assert.equal(inbox.size, 0);
      assert.ok(marks.size <= 12, `${marks.size}`);
    });

    it('calls none redelivered that it marked before and gave to nobody', async () => {
      const again: boolean[] = [];
      handle(() => undefined);
      handOver.setHandler(({ redelivered }) => {
        again.push(redelivered);
        if (again.length === 3) handOver.setHandler(undefined);
      });
      handOver.start();
      await peer.time.advance(100);
      assert.ok(inbox.entries().some(({ handed: marked }) => marked));
      handOver.setHandler(({ redelivered }) => void again.push(redelivered));
      await peer.time.advance(100);
      assert.deepEqual(again, new Array<boolean>(100).fill(false));
    });

    it('marks one at a time for a handler that takes its time', async () => {
      handle(() => new Promise<void>((resolve) => peer.time.timers.after(1_000, resolve)));
      handOver.start();
      await peer.time.advance(5_500);
      const marked = inbox.entries().filter(({ handed: isMarked }) => isMarked);
      assert.equal(marked.length, 1);
    });
  });
});
