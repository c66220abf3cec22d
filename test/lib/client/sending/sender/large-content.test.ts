import assert from 'node:assert/strict';
import { decodeExtended, type ExtendedContent } from '../../../../../lib/protocol/envelope/extended-content';
import { readLargeContent } from '../../../../../lib/protocol/envelope/large/large-content';
import { SendingPeer } from '../support/sending-peer';

describe('the sender', () => {
  let peer: SendingPeer;

  beforeEach(async () => {
    peer = await SendingPeer.open();
  });

  it('keeps the deflated form, which a start finds', async () => {
    await peer.sender.send(peer.bob.pk, { json: 'a'.repeat(5000) });
    const [entry] = peer.afterStart().entries();
    assert.ok(entry);
    assert.equal(entry.type, 4);
    const data = peer.afterStart().plaintext(entry);
    assert.deepEqual([data?.[0], data?.[1], data?.length], [3, 1, entry.size]);
    assert.ok(entry.size < 100);
  });

  it('keeps what no envelope holds as one message, whose head alone is sealed', async () => {
    const text = 'a'.repeat(5000);
    await peer.sender.send(peer.bob.pk, { json: text }, 0, { compress: 'off', label: 'topic' });
    const [entry] = peer.afterStart().entries();
    assert.ok(entry);
    assert.deepEqual([entry.type, entry.large], [4, { chunks: 1, turnAt: peer.alice.age }]);
    const data = peer.afterStart().plaintext(entry) ?? new Uint8Array();
    const { inner, label, isLarge, rest } = decodeExtended(data) as ExtendedContent;
    assert.deepEqual(
      [inner, label, isLarge, JSON.parse(new TextDecoder().decode(rest))],
      [3, 'topic', true, text],
    );
    const envelope = peer.afterStart().envelope(entry) ?? new Uint8Array();
    const { messageType, data: head } = await peer.bob.fsm.decryptForwardSecureMessage(envelope);
    const large = readLargeContent({ type: messageType, data: head });
    assert.ok(typeof large === 'object');
    assert.deepEqual([large.total, large.label, large.isDeflated], [5002, 'topic', false]);
  });

  it('deflates a large message once, before it counts its chunks', async () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `line ${n}`);
    await peer.sender.send(peer.bob.pk, { json: lines });
    const [entry] = peer.afterStart().entries();
    const all = JSON.stringify(lines).length;
    assert.ok(entry?.large && entry.size < all / 2);
    assert.equal(entry.large.chunks, Math.ceil((entry.size - 1372 + 37) / 5300));
  });

  it('seals the head of the first large message for a friend alone, and takes no key for the others', async () => {
    for (const name of ['m', 'n', 'o'])
      await peer.sender.send(peer.bob.pk, new Uint8Array(5000), 0, { label: name, compress: 'off' });
    assert.deepEqual(
      peer
        .afterStart()
        .entries()
        .map(({ sealed, large }) => [sealed !== undefined, large?.turnAt]),
      [
        [true, peer.alice.age],
        [false, undefined],
        [false, undefined],
      ],
    );
    assert.equal(peer.outbox.waitsForKey(peer.bob.pk), false);
    assert.equal(peer.alice.fsm.getAvailableKeyCount(peer.bob.pk), 99);
  });
});
