import assert from 'node:assert/strict';
import { toHex } from '../../../../../lib/bytes';
import type { Origin, Received } from '../../../../../lib/client/receiving/receive-result';
import { deflate } from '../../../../../lib/platform/deflate';
import { KeyPeer, pair } from '../../../forward-security/support/key-peer';
import { flip, isWiped } from '../../../protocol/support/fixtures';
import { codes, LargeMail, type LargeMailInit } from '../../support/large-mail';
import { ReceivingPeer } from '../../support/receiving-peer';

const NODE = { via: 'stored', node: new Uint8Array(32).fill(3) } as const satisfies Origin;

describe('receiving a large message', () => {
  let alice: KeyPeer;
  let bob: ReceivingPeer;
  let direct: Origin;

  beforeEach(async () => {
    const peers = await pair('large');
    alice = peers.alice;
    bob = new ReceivingPeer(peers.bob);
    await peers.bob.giveKeys(alice);
    direct = { via: 'direct', peer: alice.pk };
  });

  const mailOf = (init: LargeMailInit = {}) => new LargeMail(alice, bob.keys, init);
  const keysLeft = () => bob.keys.fsm.issued.liveCount(alice.pk);
  const give = async (envelopes: readonly Uint8Array[], origin = direct): Promise<Received[]> => {
    const received: Received[] = [];
    for (const envelope of envelopes) received.push(await bob.receive(envelope, origin));
    return received;
  };
  const inInbox = () =>
    bob.inbox.entries().map((entry) => [toHex(entry.messageId), bob.inbox.read(entry)?.data]);

  it('hands nothing over and owes no receipt before all is there', async () => {
    const mail = mailOf();
    assert.deepEqual(await bob.receive(await mail.seal(), direct), { code: 'ok' });
    assert.equal(keysLeft(), 103);
    assert.deepEqual(codes(await give(mail.chunks.slice(1))), ['ok', 'ok']);
    assert.deepEqual([bob.inbox.size, bob.owed(alice)], [0, []]);
  });

  it('hands it over as one when the last chunk came, in whatever order, and owes its receipt', async () => {
    const mail = mailOf();
    await bob.receive(await mail.seal(), direct);
    const [first, second, third] = mail.chunks as [Uint8Array, Uint8Array, Uint8Array];
    const received = await give([third, first, second]);
    const { messageId } = mail;
    assert.deepEqual(received, [
      { code: 'ok' },
      { code: 'ok' },
      { code: 'ok', message: { sender: alice.pk, messageId, receipt: 'ok', isLarge: true } },
    ]);
    assert.deepEqual(inInbox(), [[mail.id, mail.data]]);
    assert.deepEqual(bob.owed(alice), [[mail.id, 'ok']]);
    await bob.crash();
    assert.deepEqual(inInbox(), [[mail.id, mail.data]]);
  });

  it('keeps no piece and no key of a complete one', async () => {
    const mail = mailOf();
    await bob.receive(await mail.seal(), direct);
    const [assembly] = bob.assemblies.of(alice.pk);
    assert.ok(assembly);
    await give(mail.chunks);
    await bob.keys.vault.settled();
    assert.equal(bob.keys.vault.read(assembly.ref), undefined);
    assert.deepEqual(bob.assemblies.entries(), []);
    const range = { gte: Buffer.from('assembly'), lt: Buffer.from('assemblz') };
    assert.deepEqual([...bob.keys.store.range(range)], []);
  });

  it('leaves nothing of it in memory once it is in the inbox', async () => {
    const opened: Uint8Array[] = [];
    const { crypto } = bob;
    bob.crypto = {
      ...crypto,
      openSecretbox: (...args) => {
        const plain = crypto.openSecretbox(...args);
        if (plain) opened.push(plain);
        return plain;
      },
    };
    await bob.crash();
    for (const init of [{}, { number: 2, inner: 2, deflated: true, data: deflate(noise(20_000)) }]) {
      const mail = mailOf(init);
      await give([await mail.seal(), ...mail.chunks, ...mail.chunks]);
      await bob.receive(mail.chunks[0] ?? mail.head, direct);
    }
    assert.equal(bob.inbox.size, 2);
    // The head once a chunk, each chunk when it came, and all again when they were joined.
    assert.ok(opened.length >= 2 * 3 + 3, `${opened.length} boxes`);
    for (const plain of opened) assert.ok(isWiped(plain));
  });

  it('takes chunks of one turn together, the last of which completes it', async () => {
    const mail = mailOf();
    await bob.receive(await mail.seal(), NODE);
    const received = await Promise.all(mail.chunks.map((chunk) => bob.receive(chunk, NODE)));
    assert.deepEqual(codes(received), ['ok', 'ok', 'ok']);
    assert.deepEqual(inInbox(), [[mail.id, mail.data]]);
    assert.equal(bob.deletes.owedTo(NODE.node).length, 4);
  });

  it('takes what else comes in the same turn, before and after', async () => {
    const mail = mailOf();
    const small = await Promise.all([alice.send(bob.keys, 'one'), alice.send(bob.keys, 'two')]);
    const [one, two] = small.map(({ envelope }) => envelope) as [Uint8Array, Uint8Array];
    const head = await mail.seal();
    assert.deepEqual(codes(await Promise.all([one, head, two].map((each) => bob.receive(each, NODE)))), [
      'ok',
      'ok',
      'ok',
    ]);
    assert.deepEqual([bob.inbox.size, bob.assemblies.entries().length], [2, 1]);
  });

  it('answers the same piece again with known, and a forged one with forged', async () => {
    const mail = mailOf();
    const head = await mail.seal();
    const [chunk, , last] = mail.chunks as [Uint8Array, Uint8Array, Uint8Array];
    assert.deepEqual(codes(await give([head, flip(chunk, 8000), chunk, chunk, head])), [
      'ok',
      'forged',
      'ok',
      'known',
      'known',
    ]);
    assert.deepEqual(codes(await give([flip(chunk, 8000), flip(last, 600), last])), [
      'forged',
      'forged',
      'ok',
    ]);
    assert.deepEqual(codes(await give([mail.chunks[1] ?? chunk])), ['ok']);
    assert.deepEqual(inInbox(), [[mail.id, mail.data]]);
  });

  it('knows no piece that somebody else delivers, whether it is complete or not', async () => {
    const mail = mailOf();
    const head = await mail.seal();
    const stranger: Origin = { via: 'direct', peer: new Uint8Array(32).fill(4) };
    await bob.receive(head, direct);
    const unknown = [{ code: 'unknown-tag' }, { code: 'unknown-tag' }];
    assert.deepEqual(await give([head, ...mail.chunks.slice(0, 1)], stranger), unknown);
    await give(mail.chunks);
    assert.deepEqual(await give([head, ...mail.chunks.slice(0, 1)], stranger), unknown);
  });

  it('does not expect chunks before their head came, and sounds no alarm for full ones', async () => {
    const mail = mailOf();
    assert.deepEqual(await give(mail.chunks), [
      { code: 'unknown-tag' },
      { code: 'unknown-tag' },
      { code: 'unknown-tag', unheardOf: true },
    ]);
    await bob.receive(await mail.seal(), direct);
    assert.deepEqual(codes(await give(mail.chunks)), ['ok', 'ok', 'ok']);
  });

  it('answers the head of a complete one with its code, and gives the receipt anew', async () => {
    const mail = mailOf();
    const head = await mail.seal();
    await give([head, ...mail.chunks]);
    const writes = bob.keys.store.batch();
    bob.receipts.confirm(writes, alice.pk, [mail.messageId]);
    await writes.commit();
    const { messageId } = mail;
    const known = {
      code: 'known',
      message: { sender: alice.pk, messageId, receipt: 'ok', isLarge: true },
    };
    assert.deepEqual(await bob.receive(head, direct), known);
    assert.deepEqual(await bob.receive(await mail.seal(), direct), known);
    assert.deepEqual(await give(mail.chunks.slice(0, 1)), [{ code: 'known' }]);
    assert.equal(bob.inbox.size, 1);
  });

  it('knows a head that is sealed anew, and goes on with what is there', async () => {
    const mail = mailOf();
    const heads = [await mail.seal(), await mail.seal()] as const;
    await give([heads[0], ...mail.chunks.slice(0, 2)]);
    assert.deepEqual(await give([heads[1], heads[0]]), [{ code: 'known' }, { code: 'known' }]);
    assert.equal(keysLeft(), 102);
    await give(mail.chunks.slice(2));
    assert.deepEqual(inInbox(), [[mail.id, mail.data]]);
    assert.deepEqual(codes(await give(heads)), ['known', 'known']);
  });

  it('begins anew with another payload key or total, and no longer knows the earlier head', async () => {
    for (const [number, change] of [
      [1, { key: new Uint8Array(32).fill(9) }],
      [2, { data: new Uint8Array(4000).fill(0x62) }],
    ] as const) {
      const before = mailOf({ number });
      const head = await before.seal();
      await give([head, ...before.chunks.slice(0, 2)]);
      const other = mailOf({ number, ...change });
      assert.deepEqual(await bob.receive(await other.seal(), direct), { code: 'ok' });
      assert.deepEqual(
        bob.assemblies.of(alice.pk).map(({ kept }) => kept),
        [[]],
      );
      assert.deepEqual(await bob.receive(head, direct), { code: 'unknown-tag' });
      await give(other.chunks);
      assert.deepEqual(inInbox().at(-1), [before.id, other.data]);
    }
  });

  it('gives way to another message that its sender seals under the same id', async () => {
    const mail = mailOf();
    const head = await mail.seal();
    await give([head, ...mail.chunks.slice(0, 1)]);
    const options = { messageId: mail.messageId, lifetime: 100 };
    const text = new Uint8Array([0x62]);
    const small = await alice.fsm.sendForwardSecureMessage(bob.keys.pk, text, 0, options);
    assert.equal((await bob.receive(small.envelope, direct)).code, 'ok');
    assert.deepEqual(inInbox(), [[mail.id, text]]);
    assert.deepEqual(bob.assemblies.entries(), []);
    assert.deepEqual(await bob.receive(head, direct), { code: 'unknown-tag' });
  });

  for (const [why, init] of [
    ['text that is not UTF-8', { data: new Uint8Array(3000).fill(0xff) }],
    ['JSON that is none', { inner: 3, data: new Uint8Array(3000).fill(0x7b) }],
    [
      'deflated data that does not inflate',
      { inner: 2, deflated: true, data: new Uint8Array(3000).fill(0xff) },
    ],
  ] as const) {
    it(`is malformed when it is complete and holds ${why}`, async () => {
      const mail = mailOf(init);
      const head = await mail.seal();
      const received = await give([head, ...mail.chunks]);
      assert.deepEqual(codes(received), ['ok', 'ok']);
      assert.equal(received[1]?.message?.receipt, 'malformed');
      assert.deepEqual([bob.inbox.size, bob.owed(alice)], [0, [[mail.id, 'malformed']]]);
      assert.deepEqual(bob.malformed, [mail.id]);
      assert.deepEqual(codes(await give([head, ...mail.chunks])), ['malformed', 'known']);
    });
  }

  it('is malformed when it inflates to more than a payload may have', async () => {
    const [most, more] = [262_144, 262_145].map((length, i) =>
      mailOf({ number: i + 1, inner: 2, deflated: true, data: deflate(noise(length)) }),
    ) as [LargeMail, LargeMail];
    for (const mail of [most, more]) await give([await mail.seal(), ...mail.chunks]);
    assert.deepEqual(bob.owed(alice), [
      [most.id, 'ok'],
      [more.id, 'malformed'],
    ]);
  });
});

/** Compresses to a few chunks. */
function noise(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((i * i) >> 7) & 0xff);
}
