import assert from 'node:assert/strict';
import { alice, bob, envelopeTo } from '../../support/storage-fixture';
import { serve } from '../../support/serve';

describe('hints of mail from the storage service', () => {
  it('go to a recipient with a session, at once', async () => {
    const { store, taken } = serve();
    await store(alice, envelopeTo(bob, 'x'));
    assert.deepEqual(taken(bob, 'mail'), [{ kind: 'mail', waiting: 1 }]);
  });

  it('go out at most once a second and count all that waits', async () => {
    const { store, taken, time } = serve();
    for (let n = 0; n < 5; n++) await store(alice, envelopeTo(bob, `${n}`));
    assert.equal(taken(bob, 'mail').length, 1);
    await time.advance(999);
    assert.equal(taken(bob, 'mail').length, 1);
    await time.advance(1);
    assert.deepEqual(taken(bob, 'mail').at(-1), { kind: 'mail', waiting: 5 });
    await time.advance(10_000);
    assert.equal(taken(bob, 'mail').length, 2);
  });

  it('do not go to one without a session, to the submitter, or for a refused or known envelope', async () => {
    const { store, sent, sessions, taken, time } = serve({ online: [alice] });
    const envelope = envelopeTo(bob, 'x');
    await store(alice, envelope);
    sessions.online.push(bob);
    await store(alice, envelope);
    await store(alice, new Uint8Array(3));
    await time.advance(5000);
    assert.deepEqual([...new Set(sent.map(({ message }) => message.kind))], ['store-answer']);
    assert.deepEqual(taken(alice, 'mail'), []);
  });

  it('are not sent when the mail was fetched and deleted within the second', async () => {
    const { store, service, taken, time } = serve();
    const answers = [await store(alice, envelopeTo(bob, '1')), await store(alice, envelopeTo(bob, '2'))];
    const storageIds = answers.map((answer) => answer?.storageId ?? new Uint8Array(16));
    service.handle(bob, { kind: 'delete', request: 1, storageIds });
    await time.advance(5000);
    assert.equal(taken(bob, 'mail').length, 1);
  });
});
