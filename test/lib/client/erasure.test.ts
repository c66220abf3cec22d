import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import { Inbox } from '../../../lib/client/journal/inbox';
import { Outbox } from '../../../lib/client/journal/outgoing/outbox';
import { allocateSlot } from '../../../lib/store/vault/slot-box';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { pair, type KeyPeer } from '../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();
const messageId = new Uint8Array(32).fill(1);

describe('the key under which a text lies in the store', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('erasure'));
  });

  it('is erased when the handler took the message', async () => {
    const { store, vault } = alice;
    const inbox = new Inbox({ crypto, store, vault });
    const { ref, secret } = await allocateSlot(vault);
    const fields = {
      sender: bob.pk,
      messageId,
      via: 'direct',
      sentAt: 0,
      receivedAt: 0,
      ref,
    } as const;
    const add = store.batch();
    inbox.add(add, fields, { type: 0, data: utf8('leak') }, secret);
    await add.commit();
    const [entry] = inbox.entries();
    assert.ok(entry);
    assert.deepEqual(inbox.read(entry), { type: 0, data: utf8('leak') });
    const erase = store.batch();
    inbox.erase(erase, entry);
    await erase.commit();
    await vault.settled();
    assert.equal(vault.read(ref), undefined);
    assert.equal(inbox.read(entry), undefined);
  });

  it('is erased when the message that we sent is finished', async () => {
    const { store, vault, fsm: forwardSecurity } = alice;
    const outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    const { ref, secret } = await allocateSlot(vault);
    const times = { lifetime: 60, acceptedAt: alice.age, createdAt: 0 };
    const add = store.batch();
    const entry = outbox.add(
      add,
      { messageId, friend: bob.pk, type: 0, ...times, ref },
      utf8('leak'),
      secret,
    );
    await add.commit();
    assert.deepEqual(outbox.plaintext(entry), utf8('leak'));
    const remove = store.batch();
    outbox.remove(remove, entry);
    await remove.commit();
    await vault.settled();
    assert.equal(vault.read(ref), undefined);
    assert.equal(outbox.plaintext(entry), undefined);
  });
});
