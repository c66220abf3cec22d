import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { ScriptedFriend, type Said } from '../support/scripted-friend';

const listed = ({ batches }: Said<'state'>) => batches.flatMap(({ live }) => live).length;

describe('a meeting', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('meeting');
  });

  afterEach(() => friend.stop());

  describe('heals by the state of the owner', () => {
    it('drops the keys that the owner does not list, durably, and says so', async () => {
      await friend.settle();
      const [batch] = friend.keys.fsm.issued.live(friend.manager.publicKey);
      assert.ok(batch);
      friend.sayState({ batches: [{ ...batch, live: batch.live.slice(0, 50) }] });
      const state = await friend.hearOne('state', 1_500);
      assert.equal(state.held, 50);
      await friend.crash();
      assert.equal(friend.stats().held, 50);
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
      assert.equal(friend.stats().held, 104 - 6);
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
      assert.equal(friend.stats().held, 0);
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
      assert.equal(friend.stats().held, 104);
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
});
