import assert from 'node:assert/strict';
import { Completion } from '../../../../lib/client/sending/completion';
import { Outbox } from '../../../../lib/client/journal/outgoing/outbox';
import { ServiceMail } from '../../../../lib/client/journal/service-mail';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import type { CodeWord } from '../../../../lib/protocol/codes';
import { pair, type KeyPeer } from '../../forward-security/support/key-peer';

const messageId = new Uint8Array(32).fill(1);

describe('the receipt of keys by mail', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;
  let mail: ServiceMail;
  let batch: number;

  beforeEach(async () => {
    ({ alice, bob } = await pair('service mail'));
    mail = new ServiceMail({ store: alice.store, ages: { now: () => alice.age } });
    const writes = alice.store.batch();
    ({ batch } = await alice.fsm.issued.issue(writes, bob.pk, 5));
    const sealed = { preKeyId: 0x101, storageId: new Uint8Array(16) };
    const content = { kind: 'keys', batch } as const;
    mail.add(writes, {
      friend: bob.pk,
      messageId,
      content,
      envelope: new Uint8Array(287),
      sealed,
      lifetime: 60,
    });
    await writes.commit();
  });

  async function receipt(friend: KeyPeer, code: CodeWord): Promise<void> {
    const { store, fsm: forwardSecurity, vault } = alice;
    const completion = new Completion(
      {
        store,
        outbox: new Outbox({ crypto: chooseCryptoProvider(), store, vault, forwardSecurity }),
        outcomes: {
          confirmLate: () => undefined,
          unconfirmedBy: () => undefined,
          finish: () => assert.fail('there is no message'),
          overdue: () => assert.fail('there is no message'),
        },
        mail,
        forwardSecurity,
        ages: { now: () => alice.age },
        nodes: {
          holds: { noteFetched: () => false },
          noteHeard: () => undefined,
          noteUnconfirmed: () => undefined,
        },
        wakeup: { friend: () => undefined, message: () => undefined },
        hooks: { onEnded: () => undefined },
      },
      { wanted: 3 },
    );
    const writes = alice.store.batch();
    completion.receipt(writes, friend.pk, messageId, code);
    await writes.commit();
  }

  it('acknowledges their batch', async () => {
    await receipt(bob, 'ok');
    assert.equal(alice.fsm.issued.isPending(bob.pk, batch), false);
    assert.equal(alice.fsm.issued.liveCount(bob.pk), 5);
    assert.deepEqual(mail.entries(), []);
    assert.equal(mail.lastSealed(bob.pk).refused, undefined);
  });

  it('erases their batch when they were refused, and remembers it', async () => {
    await receipt(bob, 'unsupported');
    assert.equal(alice.fsm.issued.liveCount(bob.pk), 0);
    assert.deepEqual(mail.entries(), []);
    assert.equal(mail.lastSealed(bob.pk).refused, alice.age);
  });

  it('counts only from the friend who got them', async () => {
    await receipt(alice, 'ok');
    assert.equal(alice.fsm.issued.isPending(bob.pk, batch), true);
    assert.equal(mail.entries().length, 1);
  });

  it('is not awaited beyond the life of the mail, nor for a friend whose key is dead', async () => {
    alice.age += 59;
    for (const [dead, left] of [
      [() => true, 1],
      [() => false, 0],
    ] as const) {
      const writes = alice.store.batch();
      mail.expire(writes);
      mail.dropDead(writes, bob.pk, dead);
      await writes.commit();
      assert.equal(mail.entries().length, left);
    }
  });
});
