import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../lib/bytes';
import { decodeExchange } from '../../../../lib/protocol/keys/exchange';
import { KeyPeer } from '../../forward-security/support/key-peer';
import { waitFor } from '../../../support/world';
import { ScriptedFriend, type Said } from '../support/scripted-friend';

const DAY = 24 * 60 * 60 * 1000;

describe('a meeting', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('meeting');
  });

  afterEach(() => friend.stop());

  const stats = () => {
    const found = friend.manager.getPreKeyStats().get(toHex(friend.keys.pk));
    assert.ok(found);
    return found;
  };
  const listed = ({ batches }: Said<'state'>) => batches.flatMap(({ live }) => live).length;

  it('begins with owed receipts, then the state, then the exchange that waits, and again until confirmed', async () => {
    await friend.settle();
    const { code } = await friend.deliver(await friend.seal('hello'));
    assert.equal(code, 'ok');
    for (let meeting = 0; meeting < 2; meeting += 1) {
      await friend.meet();
      const [receipts, state] = await friend.hear();
      assert.ok(receipts?.kind === 'receipts' && state?.kind === 'state');
      assert.equal(receipts.receipts.length, 1);
      assert.equal(receipts.receipts[0]?.code, 'ok');
      if (meeting === 0) continue;
      const messageIds = receipts.receipts.map(({ messageId }) => messageId);
      friend.peer.say({ kind: 'receipts-confirmed', messageIds });
    }
    await friend.meet();
    assert.ok(!(await friend.kinds()).includes('receipts'));
  });

  it('sends the same unacknowledged exchange at each meeting, for 14 days, and then another', async () => {
    const exchanges: Uint8Array[] = [];
    for (const days of [0, 1, 6, 6, 2]) {
      friend.leave();
      // A machine that is off for up to a week counts the time.
      await friend.stop();
      await friend.time.advance(days * DAY);
      await friend.start();
      await friend.meet();
      friend.sayState();
      exchanges.push((await friend.hearOne('exchange')).exchange);
    }
    const [first, ...later] = exchanges.map(toHex);
    assert.deepEqual(
      later.map((each) => each === first),
      [true, true, true, false],
    );
  });

  it('offers nothing more once the batch is acknowledged with its own digest', async () => {
    await friend.meet();
    friend.sayState();
    const { exchange } = await friend.hearOne('exchange');
    const { batch } = decodeExchange(exchange);
    friend.peer.say({ kind: 'exchange-ack', batch, digest: new Uint8Array(16) });
    await friend.meet();
    friend.peer.prove();
    assert.ok((await friend.kinds()).includes('exchange'), 'a wrong digest acknowledges nothing');
    await friend.take({ kind: 'exchange', exchange });
    await friend.meet();
    friend.sayState();
    assert.ok(!(await friend.kinds()).includes('exchange'));
  });

  it('draws another number at once when a batch number is in use', async () => {
    await friend.meet();
    friend.sayState();
    const first = decodeExchange((await friend.hearOne('exchange')).exchange);
    friend.peer.say({ kind: 'exchange-refused', batch: first.batch, code: 'batch-in-use' });
    const second = decodeExchange((await friend.hearOne('exchange')).exchange);
    assert.notEqual(second.batch, first.batch);
    assert.equal(stats().issued, 104, 'the refused keys are erased');
  });

  it('offers no further batch in a meeting in which one was refused for another reason', async () => {
    await friend.meet();
    friend.sayState();
    const { batch } = decodeExchange((await friend.hearOne('exchange')).exchange);
    friend.peer.say({ kind: 'exchange-refused', batch, code: 'no-room' });
    friend.sayState();
    assert.ok(!(await friend.kinds(5_000)).includes('exchange'));
    assert.equal(stats().issued, 0);
    await friend.meet();
    friend.sayState();
    assert.ok((await friend.kinds()).includes('exchange'));
  });

  it('offers another batch each hour to a friend who has no room, while the session lasts', async () => {
    const HOUR = 3_600_000;
    await friend.meet();
    friend.sayState();
    const refuse = async () => {
      const { batch } = decodeExchange((await friend.hearOne('exchange')).exchange);
      friend.peer.say({ kind: 'exchange-refused', batch, code: 'no-room' });
      await friend.hear();
      return batch;
    };
    const first = await refuse();
    assert.ok(!(await friend.kinds(HOUR - 1_000)).includes('exchange'));
    await friend.time.advance(2_000);
    assert.notEqual(await refuse(), first);
    friend.leave();
    assert.ok(!(await friend.kinds(HOUR + 1_000)).includes('exchange'));
  });

  it('offers no further batch for hours after one was refused as malformed', async () => {
    await friend.meet();
    friend.sayState();
    const { batch } = decodeExchange((await friend.hearOne('exchange')).exchange);
    friend.peer.say({ kind: 'exchange-refused', batch, code: 'malformed' });
    assert.ok(!(await friend.kinds(2 * 3_600_000)).includes('exchange'));
  });

  it('takes keys only from the friend whose session it is', async () => {
    const eve = await KeyPeer.open('eve');
    const foreign = await eve.fsm.exchangePreKeys(friend.manager.publicKey);
    assert.ok(foreign);
    await friend.meet();
    await friend.hear();
    friend.peer.say({ kind: 'exchange', exchange: foreign });
    assert.equal((await friend.hearOne('exchange-refused')).code, 'not-yours');
    assert.deepEqual(friend.events, ['keys-refused']);
    const own = await friend.keys.fsm.exchangePreKeys(friend.manager.publicKey);
    assert.ok(own);
    friend.leave();
    await assert.rejects(friend.manager.processPreKeyExchange(own), { code: 'ErrNoSession' });
  });

  it('takes keys that came by other means only once the friend has proven itself', async () => {
    const exchange = await friend.keys.fsm.exchangePreKeys(friend.manager.publicKey);
    assert.ok(exchange);
    await friend.meet();
    // A thief of our own identity could have made the exchange, and a hello in the friend's name as well.
    await assert.rejects(friend.manager.processPreKeyExchange(exchange), { code: 'ErrNoSession' });
    friend.sayState();
    await friend.hear();
    await waitFor(friend.time, friend.manager.processPreKeyExchange(exchange));
    assert.equal(stats().held, 104);
  });

  it('sends nothing as an ordinary message to a friend whose keys it has, whatever else it forgot', async () => {
    await friend.settle();
    friend.leave();
    const { index } = friend.memory.volume;
    const nodes = { gte: utf8('node/'), lt: utf8('node0') };
    index.apply([...index.range(nodes)].map(([key]) => [key, undefined]));
    await friend.crash();
    await friend.send('secret');
    friend.transport.handler?.onFriend(friend.keys.pk, true);
    await friend.time.advance(60_000);
    assert.deepEqual(friend.transport.messages, []);
  });

  describe('heals by the state of the owner', () => {
    it('drops the keys that the owner does not list, durably, and says so', async () => {
      await friend.settle();
      const [batch] = friend.keys.fsm.issued.live(friend.manager.publicKey);
      assert.ok(batch);
      friend.sayState({ batches: [{ ...batch, live: batch.live.slice(0, 50) }] });
      const state = await friend.hearOne('state', 1_500);
      assert.equal(state.held, 50);
      await friend.crash();
      assert.equal(stats().held, 50);
    });

    it('says nothing new to a list that changes nothing', async () => {
      await friend.settle();
      friend.sayState();
      assert.deepEqual(await friend.kinds(3_000), []);
    });

    it('says its state at most once a second, as it is when it is said', async () => {
      await friend.settle();
      const [batch] = friend.keys.fsm.issued.live(friend.manager.publicKey);
      assert.ok(batch);
      for (const live of [90, 80, 70, 60]) {
        friend.sayState({ batches: [{ ...batch, live: batch.live.slice(0, live) }] });
        await friend.time.advance(200);
      }
      const states = (await friend.hear(5_000)).filter(
        (said): said is Said<'state'> => said.kind === 'state',
      );
      assert.deepEqual(
        states.map(({ held }) => held),
        [90, 60],
      );
    });

    it('seals a message whose key is dead to a living one, under its own id, at most 3 times a meeting', async () => {
      await friend.settle();
      friend.leave();
      const { messageId } = await friend.send('leak');
      await friend.meet();
      const tags = new Set<string>();
      /** The friend calls the key of every envelope that it gets dead. */
      const round = async () => {
        friend.sayState();
        const delivers = (await friend.hear(2_000)).filter(
          (said): said is Said<'deliver'> => said.kind === 'deliver',
        );
        for (const { request, envelope } of delivers) {
          tags.add(toHex(envelope.subarray(33, 49)));
          const opening = friend.keys.fsm.open(envelope);
          assert.ok(opening.outcome === 'opened');
          assert.deepEqual(opening.result.messageId, messageId);
          const writes = friend.keys.store.batch();
          friend.keys.fsm.consume(writes, [opening.key]);
          await writes.commit();
          friend.peer.say({ kind: 'deliver-answer', request, code: 'unknown-tag' });
          await friend.hear();
        }
      };
      for (let i = 0; i < 8; i += 1) await round();
      assert.equal(tags.size, 1 + 3);
      await friend.meet();
      await round();
      await round();
      assert.equal(tags.size, 1 + 3 + 2, 'the next meeting counts from zero');
      assert.ok(friend.events.includes('keys-dead'));
      assert.equal(stats().held, 104 - 6);
    });

    it('offers a message with an unknown tag again only after the state of the friend', async () => {
      await friend.settle();
      friend.leave();
      await friend.send('leak');
      await friend.meet();
      friend.sayState();
      const { request } = await friend.hearOne('deliver', 500);
      friend.peer.say({ kind: 'deliver-answer', request, code: 'unknown-tag' });
      assert.ok(!(await friend.kinds(120_000)).includes('deliver'));
      // Alive all the same: not at once and for ever, but after a while.
      friend.sayState();
      assert.ok(!(await friend.kinds(25_000)).includes('deliver'));
      assert.ok((await friend.kinds(15_000)).includes('deliver'));
    });

    it('puts a message back to waiting when no other key is left', async () => {
      await friend.settle();
      friend.leave();
      await friend.send('leak');
      await friend.meet();
      friend.sayState({ batches: [] });
      assert.ok(!(await friend.kinds(2_000)).includes('deliver'));
      assert.equal(stats().held, 0);
      assert.equal(friend.manager.counts().unfinished, 1);
      // The friend's new keys, and the same message goes out.
      const writes = friend.keys.store.batch();
      friend.keys.fsm.issued.forget(writes, friend.manager.publicKey);
      await writes.commit();
      await friend.giveKeys();
      friend.sayState();
      await friend.hearOne('deliver', 2_000);
    });

    it('tells once, at the moment it happens, that fewer than 20 keys are left', async () => {
      await friend.settle();
      for (let i = 0; i < 84; i += 1) await friend.send(`message ${i}`);
      assert.ok(!(await friend.kinds(1_500)).includes('state'));
      await friend.send('the 85th');
      const state = await friend.hearOne('state', 1_500);
      assert.equal(state.held, 19);
      await friend.send('the 86th');
      assert.ok(!(await friend.kinds(3_000)).includes('state'));
    });

    it('tells so, too, when a message that waited takes the key', async () => {
      await friend.settle();
      const replaces = 'temperature';
      await friend.send('one', { replaces });
      const { request } = await friend.hearOne('deliver');
      await friend.send('two', { replaces });
      for (let i = 0; i < 83; i += 1) await friend.send(`message ${i}`);
      assert.ok(!(await friend.kinds(1_500)).includes('state'));
      friend.peer.say({ kind: 'deliver-answer', request, code: 'ok' });
      assert.equal((await friend.hearOne('state', 1_500)).held, 19);
    });

    it('acknowledges an exchange that adds nothing, and says its state after it', async () => {
      const exchange = await friend.settle();
      friend.peer.say({ kind: 'exchange', exchange });
      const said = await friend.kinds(1_500);
      assert.deepEqual(said, ['exchange-ack', 'state']);
      assert.equal(stats().held, 104);
    });

    it('answers an unknown tag, and says its state after it', async () => {
      await friend.settle();
      const envelope = await friend.seal('hello');
      const unknown = envelope.slice();
      unknown.set(new Uint8Array(16).fill(5), 33);
      const { code, said } = await friend.deliver(unknown, 1_500);
      assert.equal(code, 'unknown-tag');
      assert.deepEqual(said, ['deliver-answer', 'state']);
      assert.deepEqual(friend.events, ['identity-in-use-elsewhere']);
    });

    it('lists a key no more once it opened a message', async () => {
      await friend.settle();
      const first = await friend.seal('one');
      await friend.deliver(first);
      const changed = first.slice();
      changed[300 - 20] = (changed[280] ?? 0) ^ 1;
      friend.peer.say({ kind: 'deliver', request: 1, envelope: changed });
      const state = await friend.hearOne('state', 1_500);
      assert.equal(listed(state), 103);
      assert.deepEqual(friend.events, [], 'a tag that was used here is no sign of another copy');
    });
  });

  it('says that an identity runs elsewhere when a friend holds keys that it never issued', async () => {
    await friend.settle();
    friend.sayState({ held: 104 });
    await friend.hear();
    assert.deepEqual(friend.events, []);
    friend.sayState({ held: 105 });
    await friend.hear();
    assert.deepEqual(friend.events, ['identity-in-use-elsewhere']);
  });

  it('delivers nothing before the state of the friend, then all that waits, oldest first', async () => {
    await friend.settle();
    friend.leave();
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) ids.push(toHex((await friend.send(`message ${i}`)).messageId));
    await friend.meet();
    assert.ok(!(await friend.kinds(3_000)).includes('deliver'));
    friend.sayState();
    const delivers = (await friend.hear(200)).filter(
      (said): said is Said<'deliver'> => said.kind === 'deliver',
    );
    const opened = delivers.map(({ envelope }) => {
      const opening = friend.keys.fsm.open(envelope);
      return opening.outcome === 'opened' ? toHex(opening.result.messageId) : opening.outcome;
    });
    assert.deepEqual(opened, ids.slice(0, 16));
  });

  it('confirms receipts for messages that it does not know, and drops them', async () => {
    await friend.settle();
    const messageId = new Uint8Array(32).fill(1);
    friend.peer.say({ kind: 'receipts', receipts: [{ messageId, code: 'ok' }] });
    assert.deepEqual((await friend.hearOne('receipts-confirmed')).messageIds, [messageId]);
    assert.deepEqual(friend.outcomes, []);
  });

  it('fails a message with the code of its receipt', async () => {
    await friend.settle();
    friend.leave();
    const { messageId } = await friend.send('leak');
    await friend.meet();
    friend.peer.say({ kind: 'receipts', receipts: [{ messageId, code: 'unsupported' }] });
    await friend.hearOne('receipts-confirmed');
    assert.equal(friend.outcomes.at(-1)?.state, 'failed');
    assert.equal(friend.outcomes.at(-1)?.code, 'unsupported');
  });

  it('ends a message once, although one list of receipts names it twice', async () => {
    await friend.settle();
    friend.leave();
    const { messageId } = await friend.send('leak');
    await friend.meet();
    const receipt = { messageId, code: 'ok' } as const;
    friend.peer.say({ kind: 'receipts', receipts: [receipt, { ...receipt, code: 'malformed' }, receipt] });
    await friend.hear();
    assert.deepEqual(
      friend.outcomes.map(({ state }) => state),
      ['delivered'],
    );
  });

  it('never uses the four reserved keys for a message, and counts them in what it says', async () => {
    await friend.settle();
    for (let i = 0; i < 100; i += 1) await friend.send(`message ${i}`, { urgent: true });
    assert.equal(friend.manager.canSendAsyncMessage(friend.keys.pk), false);
    assert.deepEqual(stats(), { sendable: 0, held: 4, issued: 104 });
    const receipt = await friend.send('waits');
    assert.equal(receipt.reason, 'no-prekeys');
    await friend.meet();
    assert.equal((await friend.hearOne('state')).held, 4);
    assert.equal(stats().held, 4);
  });
});
