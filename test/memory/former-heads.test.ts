import assert from 'node:assert/strict';
import { readEnvelopeHeader } from '../../lib/protocol/envelope/envelope';
import { LargeMail, THREE_CHUNKS } from '../lib/client/support/large-mail';
import { ReceivingPeer } from '../lib/client/support/receiving-peer';
import { pair } from '../lib/forward-security/support/key-peer';
import { holdersOf } from './support/memory-search';

describe('a large message that is sealed again and again', function () {
  this.timeout(120_000);

  it('keeps the tags of its last four heads in memory, and no more', async () => {
    const { alice, bob: keys } = await pair('large limits');
    const bob = new ReceivingPeer(keys, {}, { messages: 1000, bytes: 64_000_000 });
    await keys.giveKeys(alice);
    const data = new Uint8Array(THREE_CHUNKS).fill(0x61);
    const mail = new LargeMail(alice, keys, { number: 1, data });
    const heads: Uint8Array[] = [];
    for (let count = 0; count < 7; count += 1) heads.push(await mail.seal());
    for (const head of heads) await bob.receive(head, { via: 'direct', peer: alice.pk });
    const tags = heads.map((head) => readEnvelopeHeader(head).tag);
    const holders = await holdersOf(...tags);
    const kept = holders.map((each) => each.includes('#byTag of Assemblies'));
    assert.deepEqual(kept, [false, false, false, true, true, true, true]);
  });
});
