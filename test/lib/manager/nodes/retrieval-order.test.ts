import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import type { RawPeer } from '../../network/support/raw-peer';
import { ScriptedFriend } from '../support/scripted-friend';
import { connectNode, itemOf, pass } from '../support/scripted-node';

const COUNT = 130;
const PAGE = 64;

describe('a retrieval from one node', () => {
  let friend: ScriptedFriend;
  let envelopes: Uint8Array[];
  /** As the node has them. */
  let stored: Uint8Array[];
  let pages: number;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('order of a retrieval');
    await friend.settle();
    envelopes = [];
    pages = 0;
    for (let i = 0; i < COUNT; i += 1) {
      // The friend's stock is filled up on the way: the order goes on from batch to batch.
      if (i === 90) {
        friend.sayState();
        await friend.take(await friend.hearOne('exchange', 2_000));
        await friend.hear();
      }
      envelopes.push(await friend.seal(`${i}`));
    }
    friend.leave();
    stored = envelopes
      .map((envelope) => ({ envelope, place: toHex(friend.random.bytes(8)) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .map(({ envelope }) => envelope);
  });

  afterEach(() => friend.stop());

  /** An honest node with `stored`, which answers no further list from this page on. */
  function honest(node: RawPeer, silentFrom = Infinity) {
    const items = stored.map((envelope, i) => itemOf(envelope, i + 1));
    return (asked: SessionMessage) => {
      if (asked.kind === 'list') {
        pages += 1;
        if (pages > silentFrom) return;
        const page = items.slice(asked.after, asked.after + PAGE);
        const more = asked.after + PAGE < items.length;
        node.say({ kind: 'list-answer', request: asked.request, code: 'ok', more, items: page });
      } else if (asked.kind === 'fetch') {
        asked.storageIds.forEach((id, position) => {
          const place = items.findIndex(({ storageId }) => toHex(storageId) === toHex(id));
          const envelope = stored[place];
          assert.ok(envelope);
          node.say({ kind: 'fetched', request: asked.request, position, code: 'ok', age: 0, envelope });
        });
      }
    };
  }

  it('hands everything over in the order of issue, in whatever order its pages list it', async () => {
    const node = await connectNode(friend);
    await pass(friend, 500, [[node, honest(node)]]);
    assert.equal(pages, 3);
    assert.deepEqual(
      friend.texts,
      envelopes.map((_, i) => `${i}`),
    );
  });

  it('fetches what was listed when a later page never comes', async () => {
    const node = await connectNode(friend);
    await pass(friend, 100, [[node, honest(node, 1)]]);
    assert.deepEqual(friend.texts, []);
    await friend.time.advance(20_000);
    await pass(friend, 500, [[node, honest(node, 0)]]);
    assert.equal(friend.texts.length, PAGE);
  });
});
