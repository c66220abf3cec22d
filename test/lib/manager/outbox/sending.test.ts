import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import type { MessageInput, SendOptions } from '../../../../lib/client/messages';
import { MessageType } from '../../../../lib/constants';
import type { ErrorCode } from '../../../../lib/errors';
import { MemoryVolume } from '../../../../lib/testing/memory-store';
import { waitFor } from '../../../support/world';
import { ScriptedFriend, type Said } from '../support/scripted-friend';

const FORTNIGHT = 14 * 24 * 60 * 60;

describe('a message that is given to a session', () => {
  let friend: ScriptedFriend;

  async function open(limits = {}): Promise<void> {
    friend = await ScriptedFriend.open('sending', { limits });
    await friend.settle();
  }

  afterEach(() => friend.stop());

  const begin = (content: MessageInput, options: SendOptions = {}, type: MessageType = 0) =>
    friend.manager.sendAsyncMessage(friend.keys.pk, content, type, options);
  const send = (...args: Parameters<typeof begin>) => waitFor(friend.time, begin(...args));
  const queued = () => friend.manager.counts().unfinished;

  it('is refused, with a code, when it is not what a message can be', async () => {
    await open();
    const refused: [ErrorCode, Parameters<typeof begin>][] = [
      ['ErrInvalidArgument', ['x', {}, 2 as number as MessageType]],
      ['ErrInvalidArgument', ['x', { lifetime: 0 }]],
      ['ErrInvalidArgument', ['x', { lifetime: 1.5 }]],
      ['ErrInvalidArgument', ['x', { lifetime: FORTNIGHT + 1 }]],
      ['ErrInvalidArgument', ['x', { messageId: new Uint8Array(31) }]],
      ['ErrInvalidArgument', ['x', { messageId: new Uint8Array(33) }]],
      ['ErrInvalidArgument', ['x', { context: 'x'.repeat(4095) }]],
      ['ErrInvalidArgument', ['x', { context: () => 'no JSON' }]],
      ['ErrInvalidArgument', ['x', { label: 'a'.repeat(256) }]],
      ['ErrInvalidArgument', ['x', { label: 'two\nlines' }]],
      ['ErrInvalidArgument', [{ json: { at: new Map() } }]],
      ['ErrInvalidArgument', [{ json: 1 }, {}, MessageType.Action]],
      ['ErrMalformed', ['\ud800']],
      ['ErrMessageEmpty', [new Uint8Array()]],
      ['ErrMessageTooLarge', ['A'.repeat(262_145)]],
    ];
    for (const [code, args] of refused) await assert.rejects(send(...args), { code });
    assert.equal(queued(), 0);
    for (const lifetime of [1, FORTNIGHT]) {
      const { createdAt, expiresAt } = await send('x', { lifetime, context: 'x'.repeat(4094) });
      assert.equal(expiresAt - createdAt, lifetime * 1000);
    }
  });

  it('is what it was at the call, whatever becomes of the bytes', async () => {
    await open();
    const [content, messageId] = [utf8('leak'), new Uint8Array(32).fill(1)];
    const sent = begin(content, { messageId });
    content.fill(0);
    messageId.fill(2);
    const [deliver] = (await friend.hear()).filter(
      (said): said is Said<'deliver'> => said.kind === 'deliver',
    );
    await sent;
    assert.ok(deliver);
    const opening = friend.keys.fsm.open(deliver.envelope);
    assert.ok(opening.outcome === 'opened' && opening.result.outcome === 'opened');
    assert.deepEqual(opening.result.data, utf8('leak'));
    assert.deepEqual(opening.result.messageId, new Uint8Array(32).fill(1));
  });

  it('is refused when the friend would have more bytes in the outbox than are free without it', async () => {
    await open({ outboxBytes: 16 });
    await send('123456');
    await assert.rejects(send('12345'), { code: 'ErrOutboxFull' });
    await send('1234');
  });

  it('is the one that is there already, when its id is, although the outbox is full', async () => {
    await open({ outboxMessages: 1 });
    const messageId = new Uint8Array(32).fill(1);
    const first = await send('leak', { messageId });
    assert.deepEqual((await send('leak', { messageId })).createdAt, first.createdAt);
    await assert.rejects(send('another'), { code: 'ErrOutboxFull' });
  });

  describe('while the disk is slow', () => {
    beforeEach(async () => {
      await open();
      await friend.stop();
      const { index } = friend.memory.volume;
      const all = index.range({ gte: new Uint8Array(), lt: new Uint8Array(257).fill(255) });
      friend.memory.volume = new MemoryVolume({ timers: friend.time.timers, ms: 50 });
      friend.memory.volume.index.apply(all);
      await friend.start();
    });

    const durable = () => friend.memory.table('outbox').length;

    it('is durable when the call ends, and so is the one whose id it has', async () => {
      const messageId = new Uint8Array(32).fill(1);
      const calls = [begin('leak', { messageId }), begin('leak', { messageId })];
      const ends = calls.map((call) => call.then(() => durable()));
      await friend.time.advance(1_000);
      assert.deepEqual(await Promise.all(ends), [1, 1]);
    });

    it('leaves nothing behind when it could not be made durable', async () => {
      const refused = assert.rejects(begin('leak'));
      await friend.time.advance(10);
      friend.memory.crash();
      await friend.time.advance(100);
      await refused;
      assert.equal(queued(), 0);
      await friend.crash();
    });
  });
});
