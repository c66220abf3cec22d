import assert from 'node:assert/strict';
import { sameBytes } from '../../../lib/bytes';
import { KeyPeer, pair } from './support/key-peer';
import { isCode } from '../../support/is-code';

describe('forward security: messages', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('messages'));
  });

  it('sends nothing before keys were exchanged', async () => {
    assert.equal(alice.fsm.canSendMessage(bob.pk), false);
    await assert.rejects(alice.send(bob, 'leak'), isCode('ErrNoPreKeys'));
  });

  it('gives 100 sendable keys in the first exchange and keeps four in reserve', async () => {
    await bob.giveKeys(alice);
    assert.equal(alice.fsm.getAvailableKeyCount(bob.pk), 100);
    assert.equal(alice.fsm.held.held(bob.pk), 104);
    for (let i = 0; i < 100; i += 1) await alice.send(bob, `message ${i}`);
    await assert.rejects(alice.send(bob, 'one too many'), isCode('ErrNoPreKeys'));
    assert.equal(alice.fsm.held.held(bob.pk), 4);
  });

  it('reads what the other side sealed, once', async () => {
    await bob.giveKeys(alice);
    const { envelope } = await alice.send(bob, 'leak in the cellar');
    assert.equal(await bob.read(envelope), 'leak in the cellar');
    await assert.rejects(bob.read(envelope), isCode('ErrUnknownTag'));
  });

  it('never seals twice to one key, across restarts and repeated exchanges', async () => {
    const exchange = await bob.giveKeys(alice);
    const used = new Set<number>();
    for (let i = 0; i < 10; i += 1) {
      used.add((await alice.send(bob, `message ${i}`)).preKeyId);
      await alice.crash();
      assert.ok(exchange);
      assert.equal((await alice.fsm.processPreKeyExchange(exchange)).result, 'known');
    }
    assert.equal(used.size, 10);
    assert.equal(alice.fsm.getAvailableKeyCount(bob.pk), 90);
  });

  it('keeps the keys of both sides over a restart', async () => {
    await bob.giveKeys(alice);
    const { envelope } = await alice.send(bob, 'before the restart');
    await alice.crash();
    await bob.crash();
    assert.equal(await bob.read(envelope), 'before the restart');
    const later = await alice.send(bob, 'after it');
    assert.equal(await bob.read(later.envelope), 'after it');
  });

  it('spends no key on a forged envelope', async () => {
    await bob.giveKeys(alice);
    const { envelope } = await alice.send(bob, 'genuine');
    const forged = envelope.slice();
    forged[200] = (forged[200] ?? 0) ^ 1;
    await assert.rejects(bob.read(forged), isCode('ErrForged'));
    assert.equal(await bob.read(envelope), 'genuine');
  });

  it('does not let a friend pose as another', async () => {
    const eve = await KeyPeer.open('eve');
    await bob.giveKeys(alice);
    const exchange = await bob.giveKeys(eve);
    assert.ok(exchange);
    const { envelope } = await eve.send(bob, 'I am Alice');
    const message = await bob.fsm.decryptForwardSecureMessage(envelope);
    assert.ok(sameBytes(message.senderPk, eve.pk));
    // Keys that were given to Alice do not help Eve: the exchange names its reader.
    const forAlice = await bob.fsm.preKeys.generatePreKeys(alice.pk);
    assert.equal(forAlice, undefined);
    await assert.rejects(eve.fsm.processPreKeyExchange(new Uint8Array(10)), isCode('ErrMalformed'));
  });

  it('refuses an exchange that was made for somebody else', async () => {
    const eve = await KeyPeer.open('eve');
    const exchange = await bob.fsm.exchangePreKeys(alice.pk);
    assert.ok(exchange);
    assert.equal((await eve.fsm.processPreKeyExchange(exchange)).result, 'not-yours');
    const changed = exchange.slice();
    changed.set([9], 70);
    assert.equal((await alice.fsm.processPreKeyExchange(changed)).result, 'bad-mac');
    assert.equal(alice.fsm.held.held(bob.pk), 0);
  });

  it('joins an open batch and makes nothing durable by itself', async () => {
    await bob.giveKeys(alice);
    const batch = alice.store.batch();
    await alice.fsm.sendForwardSecureMessage(bob.pk, new Uint8Array([65]), 0, { batch });
    await alice.crash();
    assert.equal(alice.fsm.getAvailableKeyCount(bob.pk), 100);
    const received = bob.store.batch();
    const { envelope } = await alice.send(bob, 'kept');
    await bob.fsm.decryptForwardSecureMessage(envelope, { batch: received });
    await bob.crash();
    assert.equal(await bob.read(envelope), 'kept');
  });

  it('erases the secret of a key with the message that used it', async () => {
    await bob.giveKeys(alice);
    const { envelope } = await alice.send(bob, 'once');
    const tag = envelope.slice(33, 49);
    const key = bob.fsm.issued.find(tag);
    assert.ok(key);
    const secret = bob.vault.read(key.ref);
    assert.ok(secret);
    await bob.read(envelope);
    await bob.vault.settled();
    assert.equal(bob.vault.read(key.ref), undefined);
    const file = await bob.disk.readFile('/data/vault.bin');
    assert.ok(file && !Buffer.from(file).includes(Buffer.from(secret)));
  });
});
