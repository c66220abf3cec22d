import assert from 'node:assert/strict';
import { THREE_CHUNKS, LargeMail } from '../../client/support/large-mail';
import { waitFor } from '../../../support/world';
import { ScriptedFriend } from '../support/scripted-friend';

const DATA = new Uint8Array(THREE_CHUNKS).fill(0x61);
const TEXT = 'a'.repeat(THREE_CHUNKS);

describe('a large message that a friend delivers', () => {
  let friend: ScriptedFriend;
  let mail: LargeMail;
  let head: Uint8Array;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('large messages');
    await friend.settle();
    mail = new LargeMail(friend.keys, { pk: friend.manager.publicKey }, { data: DATA });
    head = await mail.seal();
  });

  afterEach(() => friend.stop());

  const [first, second, third] = [0, 1, 2].map((i) => () => mail.chunks[i] ?? head) as [
    () => Uint8Array,
    () => Uint8Array,
    () => Uint8Array,
  ];

  it('is handed over as one, and receipted at once, after the answer to its last piece', async () => {
    const answered = { code: 'ok', said: ['deliver-answer'] };
    for (const envelope of [head, third(), first()])
      assert.deepEqual(await friend.deliver(envelope), answered);
    assert.deepEqual(friend.texts, []);
    assert.deepEqual(await friend.deliver(second()), { code: 'ok', said: ['deliver-answer', 'receipts'] });
    assert.deepEqual(friend.texts, [TEXT]);
  });

  it('is receipted anew when its head comes again, although the receipt was confirmed', async () => {
    for (const envelope of [head, first(), second(), third()]) await friend.deliver(envelope);
    friend.peer.say({ kind: 'receipts-confirmed', messageIds: [mail.messageId] });
    await friend.hear();
    for (const envelope of [head, await mail.seal()]) {
      assert.deepEqual(await friend.deliver(envelope), {
        code: 'known',
        said: ['deliver-answer', 'receipts'],
      });
    }
    assert.deepEqual(await friend.deliver(first()), { code: 'known', said: ['deliver-answer'] });
    assert.equal(friend.texts.length, 1);
  });

  it('goes on after a crash with what was there', async () => {
    for (const envelope of [head, first()]) await friend.deliver(envelope);
    await friend.crash();
    await friend.meet();
    friend.sayState();
    await friend.hear(2_000);
    const codes: string[] = [];
    for (const envelope of [head, first(), second(), third()])
      codes.push((await friend.deliver(envelope)).code);
    assert.deepEqual(codes, ['known', 'known', 'ok', 'ok']);
    assert.deepEqual(friend.texts, [TEXT]);
  });

  it('goes on from a copy that is put back in the midst of it, with what is missing there', async () => {
    const copies = [await friend.memory.copy()];
    for (const envelope of [head, first()]) await friend.deliver(envelope);
    copies.unshift(await friend.memory.copy());
    for (const envelope of [second(), third()]) await friend.deliver(envelope);
    const codes: string[][] = [];
    for (const copy of copies) {
      await friend.stop();
      await friend.memory.restore(copy);
      await friend.start();
      await friend.meet();
      friend.sayState();
      await friend.hear(2_000);
      const answers: string[] = [];
      for (const envelope of [head, first(), second(), third()])
        answers.push((await friend.deliver(envelope)).code);
      codes.push(answers);
    }
    assert.deepEqual(codes, [
      ['known', 'known', 'ok', 'ok'],
      ['ok', 'ok', 'ok', 'ok'],
    ]);
    assert.deepEqual(friend.texts, [TEXT, TEXT, TEXT]);
  });

  it('is answered unknown-tag before its head came, without a state or an alarm for full chunks', async () => {
    await friend.hear(2_000);
    assert.deepEqual(await friend.deliver(first(), 2_000), { code: 'unknown-tag', said: ['deliver-answer'] });
    assert.deepEqual(friend.events, []);
    assert.deepEqual(await friend.deliver(third(), 2_000), {
      code: 'unknown-tag',
      said: ['deliver-answer', 'state'],
    });
    assert.deepEqual(friend.events, ['identity-in-use-elsewhere']);
  });

  it('is erased with the friend', async () => {
    for (const envelope of [head, first()]) await friend.deliver(envelope);
    const left = () => ['assembly', 'assembly-progress'].map((name) => friend.memory.table(name).length);
    assert.deepEqual(left(), [1, 1]);
    await waitFor(friend.time, friend.manager.removeFriend(friend.keys.pk));
    assert.deepEqual(left(), [0, 0]);
  });

  it('ends incomplete when its life is over, and the friend hears it', async () => {
    const short = new LargeMail(friend.keys, { pk: friend.manager.publicKey }, { number: 2, data: DATA });
    await friend.deliver(await short.seal(60));
    await friend.deliver(short.chunks[0] ?? head);
    const { receipts } = await friend.hearOne('receipts', 700_000);
    assert.deepEqual(receipts, [{ messageId: short.messageId, code: 'incomplete' }]);
    assert.deepEqual(await friend.deliver(short.chunks[1] ?? head), {
      code: 'known',
      said: ['deliver-answer'],
    });
  });
});
