import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { storageIdOf } from '../../../../lib/protocol/names';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { sequenceKey } from '../../../../lib/store/table';
import { ScriptedFriend } from '../support/scripted-friend';
import {
  connectNode as connectNodeTo,
  type Item,
  itemOf,
  pass as passAt,
  type Answering,
} from '../support/scripted-node';

const crypto = chooseCryptoProvider();

describe('storage nodes that lie', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('flood of receipts');
    await friend.settle();
    friend.leave();
  });

  afterEach(() => friend.stop());

  const connectNode = () => connectNodeTo(friend);
  const pass = (ms: number, nodes: Answering[]) => passAt(friend, ms, nodes);

  it('cannot hold up mail that another node gives, by listing it first and never serving it', async () => {
    const envelope = await friend.seal('leak');
    const items = [itemOf(envelope)];
    const liar = await connectNode();
    const lie = (asked: SessionMessage) => {
      if (asked.kind !== 'list') return;
      liar.say({ kind: 'list-answer', request: asked.request, code: 'ok', more: false, items });
    };
    await pass(100, [[liar, lie]]);
    const honest = await connectNode();
    const serve = (asked: SessionMessage) => {
      if (asked.kind === 'list') {
        const { request } = asked;
        const answer: SessionMessage = { kind: 'list-answer', request, code: 'ok', more: false, items };
        friend.time.timers.after(200, () => honest.say(answer));
      } else if (asked.kind === 'fetch') {
        honest.say({ kind: 'fetched', request: asked.request, position: 0, code: 'ok', age: 0, envelope });
      }
    };
    for (let i = 0; i < 250; i += 1) {
      liar.say({ kind: 'mail', waiting: 1 });
      await pass(100, [
        [liar, lie],
        [honest, serve],
      ]);
    }
    assert.deepEqual(friend.texts, ['leak']);
  });

  it('cannot make us keep deletes without end, by listing mail that was never there', async () => {
    const liar = await connectNode();
    let listed = 0;
    const lie = (asked: SessionMessage) => {
      if (asked.kind === 'list') {
        const items = Array.from({ length: 64 }, (_, i): Item => {
          const storageId = crypto.sha256(sequenceKey(asked.after + i + 1)).slice(0, 16);
          return { cursor: asked.after + i + 1, storageId, tag: storageId, age: 0 };
        });
        listed += items.length;
        const more = asked.after < 4_999;
        liar.say({ kind: 'list-answer', request: asked.request, code: 'ok', more, items });
      } else if (asked.kind === 'delete') {
        liar.say({ kind: 'delete-answer', request: asked.request, code: 'busy', deleted: 0 });
      }
    };
    await pass(500, [[liar, lie]]);
    // The cursor starts over from 0 after an hour. A visit that is still under way then gets no answer and ends.
    await friend.time.advance(3_700_000);
    await friend.time.advance(30_000);
    liar.opened();
    liar.say({ kind: 'mail', waiting: 1 });
    await pass(500, [[liar, lie]]);
    assert.ok(listed > 10_000, `${listed}`);
    const owed = friend.memory.table('owed-delete').length;
    assert.ok(owed > 4_000 && owed < 4_200, `${owed}`);
  });

  it('cannot have all of the outbox again and again, by keeping it for a moment', async () => {
    const liar = await connectNode();
    await friend.send('leak');
    let stores = 0;
    const answer = (asked: SessionMessage) => {
      if (asked.kind !== 'store') return;
      stores += 1;
      const storageId = storageIdOf(crypto, asked.envelope);
      liar.say({ kind: 'store-answer', request: asked.request, code: 'ok', storageId, wait: 0, kept: 60 });
    };
    for (let minute = 0; minute < 120; minute += 1) {
      await friend.time.advance(60_000);
      await pass(3, [[liar, answer]]);
    }
    assert.ok(stores > 1 && stores <= 10, `${stores}`);
  });

  const lies = {
    'keep for no time at all': { kept: 0 },
    'have under another name': { kept: 86_400, storageId: new Uint8Array(16) },
  };
  for (const [what, lie] of Object.entries(lies)) {
    it(`are not asked again at once to store what they say they ${what}`, async () => {
      const liar = await connectNode();
      await friend.send('leak');
      let stores = 0;
      const answer = (asked: SessionMessage) => {
        if (asked.kind !== 'store') return;
        stores += 1;
        const storageId = storageIdOf(crypto, asked.envelope);
        const { request } = asked;
        liar.say({ kind: 'store-answer', request, code: 'ok', storageId, wait: 0, ...lie });
      };
      await pass(2_000, [[liar, answer]]);
      assert.equal(stores, 1);
      assert.deepEqual(friend.outcomes, []);
      await friend.time.advance(25_000);
      await pass(1, [[liar, answer]]);
      assert.equal(stores, 2);
    });
  }
});
