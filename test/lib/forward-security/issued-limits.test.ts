import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { decodeExchange } from '../../../lib/protocol/keys/exchange';
import { prekeyTag } from '../../../lib/protocol/names';
import { UNACCEPTABLE_KEYS } from '../../../lib/testing/crypto/known-answers';
import { DAY, pair, type KeyPeer } from './support/key-peer';

const crypto = chooseCryptoProvider();

describe('the owner of keys', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('issued limits'));
  });

  async function issue(count: number): Promise<{ batch: number; exchange: Uint8Array }> {
    const writes = bob.store.batch();
    const issued = await bob.fsm.issued.issue(writes, alice.pk, count);
    await writes.commit();
    return issued;
  }

  it('keeps 300 secrets alive for one peer, and not one more', async () => {
    for (let i = 0; i < 3; i += 1) await issue(100);
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 300);
    await issue(1);
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 201);
  });

  it('offers them for 30 days', async () => {
    assert.equal(decodeExchange((await issue(1)).exchange).valid, 30 * DAY);
  });

  it('sends an exchange again up to the age of 14 days', async () => {
    const { batch } = await issue(1);
    bob.age += 14 * DAY;
    assert.equal(bob.fsm.issued.pending(alice.pk)?.batch, batch);
    bob.age += 1;
    assert.equal(bob.fsm.issued.pending(alice.pk), undefined);
  });

  it('mails no batch that is larger than mail can hold', async () => {
    await issue(41);
    assert.equal(bob.fsm.issued.pendingMail(alice.pk, 40), undefined);
    const { batch } = await issue(40);
    assert.equal(bob.fsm.issued.pendingMail(alice.pk, 40)?.batch, batch);
  });

  it('lists the oldest batch first, also after a restart', async () => {
    const batches = [(await issue(1)).batch, (await issue(1)).batch];
    await bob.crash();
    batches.push((await issue(1)).batch);
    assert.deepEqual(
      bob.fsm.issued.live(alice.pk).map(({ batch }) => batch),
      batches,
    );
  });

  it('issues again for a key that was used, when the budget of the peer is spent', async () => {
    for (let i = 0; i < 16; i += 1) {
      const { batch } = await issue(104);
      const writes = bob.store.batch();
      bob.fsm.issued.acknowledgeMailed(writes, alice.pk, batch);
      await writes.commit();
    }
    const shortage = () => {
      bob.fsm.issued.noteHeld(alice.pk, 103);
      return bob.fsm.issued.shortage(alice.pk, { fill: true });
    };
    assert.equal(shortage(), 0);
    const [key] = decodeExchange((await issue(1)).exchange).keys;
    assert.ok(key);
    const used = bob.fsm.issued.find(prekeyTag(crypto, key.publicKey));
    assert.ok(used);
    assert.equal(shortage(), 0);
    const writes = bob.store.batch();
    bob.fsm.consume(writes, [used]);
    await writes.commit();
    assert.equal(shortage(), 1);
  });

  it('wipes what it reads of its secrets at a start', async () => {
    await issue(3);
    const read: Uint8Array[] = [];
    const original = bob.vault.read.bind(bob.vault);
    bob.vault.read = (ref) => {
      const secret = original(ref);
      if (secret !== undefined) read.push(secret);
      return secret;
    };
    const writes = bob.store.batch();
    bob.fsm.issued.dropUnreadable(writes);
    await writes.commit();
    assert.equal(read.length, 3 + 1, 'those of the keys, and that of the exchange');
    assert.ok(read.every((secret) => secret.every((byte) => byte === 0)));
  });

  it('seals to nobody whose identity is no key, and not to itself', async () => {
    for (const key of [...UNACCEPTABLE_KEYS, bob.pk]) {
      await assert.rejects(bob.send({ pk: key }, 'x'), { code: 'ErrInvalidKey' });
      await assert.rejects(bob.fsm.exchangePreKeys(key), { code: 'ErrInvalidKey' });
    }
  });
});
