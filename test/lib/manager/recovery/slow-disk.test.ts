import assert from 'node:assert/strict';
import { decodeExchange } from '../../../../lib/protocol/keys/exchange';
import { encodeMailKeys } from '../../../../lib/protocol/keys/mail-keys';
import { PLAIN_TYPE } from '../../../../lib/protocol/envelope/message-types';
import { bareBytes } from '../../../../lib/store/record-form';
import { MemoryVolume } from '../../../../lib/testing/memory-store';
import { ScriptedFriend, type Said } from '../support/scripted-friend';

/** Milliseconds that each commit takes, and longer than that. */
const COMMIT = 20;
const DONE = 20 * COMMIT;

describe('while commits take their time', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('slow disk');
    await friend.settle();
    friend.leave();
    // From here on each commit takes its time.
    await friend.stop();
    const { index } = friend.memory.volume;
    friend.memory.volume = new MemoryVolume({ timers: friend.time.timers, ms: COMMIT });
    friend.memory.volume.index.apply(
      index.range({ gte: new Uint8Array(), lt: new Uint8Array(257).fill(255) }),
    );
    await friend.start();
    await friend.meet();
    await friend.hear(DONE);
  });

  afterEach(() => friend.stop());

  const us = () => friend.manager.publicKey;
  const delivered = async (ms: number) =>
    (await friend.hear(ms)).filter((said): said is Said<'deliver'> => said.kind === 'deliver');

  it('a message on its way to the disk is judged by a list of live keys that comes in between', async () => {
    const [batch] = friend.keys.fsm.issued.live(us());
    assert.ok(batch);
    const [first, ...others] = batch.live;
    const sent = friend.manager.sendAsyncMessage(friend.keys.pk, 'leak');
    friend.sayState({ batches: [{ ...batch, live: others }] });
    const [deliver, ...more] = await delivered(DONE);
    await sent;
    assert.ok(deliver && more.length === 0);
    const opening = friend.keys.fsm.open(deliver.envelope);
    assert.ok(opening.outcome === 'opened');
    assert.notEqual(opening.key.index, first, 'its first key is dead');
  });

  it('a message on its way to the disk is sealed with the keys that come by mail in between, and not lost', async () => {
    const writes = friend.keys.store.batch();
    const { batch, exchange } = await friend.keys.fsm.issued.issue(writes, us(), 20);
    await writes.commit();
    const { keys, seed, valid } = decodeExchange(exchange);
    const mail = await friend.keys.fsm.sendForwardSecureMessage(
      us(),
      encodeMailKeys({ batch, valid, held: 0, seed, keys }),
      PLAIN_TYPE.keys,
    );
    friend.sayState();
    await friend.hear(DONE);
    friend.peer.say({ kind: 'deliver', request: 9, envelope: mail.envelope });
    await friend.time.advance(1);
    // Behind the keys in the queue of the friend, and before what is sealed with them.
    const sent = friend.manager.sendAsyncMessage(friend.keys.pk, 'leak');
    const delivers = await delivered(DONE);
    await sent;
    assert.deepEqual(friend.outcomes, []);
    assert.equal(delivers.length, 1);
  });

  it('keys leave when they are durable, and not before', async () => {
    const issued = () => friend.memory.table('issued-key', bareBytes).length;
    const before = issued();
    friend.sayState({ held: 0 });
    for (let i = 0; i < DONE; i += 1) {
      if ((await friend.kinds(1)).includes('exchange')) break;
    }
    assert.equal(issued(), before + 104);
  });
});
