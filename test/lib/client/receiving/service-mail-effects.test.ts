import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import type { Origin } from '../../../../lib/client/receiving/receive-result';
import { encodeMailKeys } from '../../../../lib/protocol/keys/mail-keys';
import { encodeMailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { DAY, KeyPeer, pair } from '../../forward-security/support/key-peer';
import { ReceivingPeer } from '../support/receiving-peer';

const ID = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);

describe('receipts and keys that a friend delivers itself', () => {
  let alice: KeyPeer;
  let bob: ReceivingPeer;
  let direct: Origin;

  beforeEach(async () => {
    const peers = await pair('delivered service mail');
    alice = peers.alice;
    bob = new ReceivingPeer(peers.bob);
    await peers.bob.giveKeys(alice);
    bob.keys.fsm.issued.noteHeld(alice.pk, 100);
    bob.hasSession = true;
    direct = { via: 'direct', peer: alice.pk };
  });

  const seal = async (data: Uint8Array, type: number) => {
    const options = { messageId: ID, lifetime: DAY };
    return (await alice.fsm.sendForwardSecureMessage(bob.keys.pk, data, type, options)).envelope;
  };
  const stock = () => 104 - bob.keys.fsm.issued.shortage(alice.pk, { fill: true });

  it('count as those from a node: receipts, without a receipt of their own', async () => {
    const mail = { held: 60, arrived: [], receipts: [{ messageId: OTHER, code: 'ok' as const }] };
    const envelope = await seal(encodeMailReceipts(mail), 0x80);
    assert.equal((await bob.receive(envelope, direct)).code, 'ok');
    assert.deepEqual(bob.receipted, [[toHex(OTHER), 'ok']]);
    assert.deepEqual(bob.owed(alice), []);
    assert.equal(bob.inbox.size, 0);
    assert.equal((await bob.receive(envelope, direct)).code, 'known');
    assert.equal(bob.receipted.length, 1);
    assert.equal(stock(), 99, 'what a state said counts, less the key of this mail');
  });

  it('are of the messages that were sealed to their keys, each once, whatever else they name', async () => {
    const idStart = OTHER.slice(0, 4);
    bob.sealedTo.set(0x101, OTHER).set(0x102, OTHER);
    const arrived = [0x101, 0x102, 0x103].map((preKeyId) => ({ preKeyId, idStart }));
    const receipts = [
      { messageId: OTHER, code: 'malformed' as const },
      { messageId: ID, code: 'unsupported' as const },
    ];
    await bob.receive(await seal(encodeMailReceipts({ held: 60, arrived, receipts }), 0x80), direct);
    assert.deepEqual(bob.receipted, [
      [toHex(OTHER), 'ok'],
      [toHex(ID), 'unsupported'],
    ]);
  });

  it('count as those from a node: keys', async () => {
    const { pk } = await KeyPeer.open('a key');
    const keys = {
      batch: 77,
      valid: DAY,
      held: 10,
      seed: new Uint8Array(32).fill(5),
      keys: [{ index: 1, publicKey: pk }],
    };
    const envelope = await seal(encodeMailKeys(keys), 0x81);
    assert.equal((await bob.receive(envelope, direct)).code, 'ok');
    assert.equal(bob.keys.fsm.held.held(alice.pk), 1);
    assert.equal(bob.inbox.size, 0);
    assert.equal(stock(), 99);
  });

  it('never make the stock larger than what is alive, although a node kept them back', async () => {
    bob.hasSession = false;
    const stored: Origin = { via: 'stored', node: new Uint8Array(32).fill(9) };
    const old = await seal(encodeMailReceipts({ held: 103, arrived: [], receipts: [] }), 0x80);
    for (let i = 0; i < 90; i += 1) await bob.receive((await alice.send(bob.keys, `${i}`)).envelope, stored);
    assert.equal(await bob.receive(old, stored).then(({ code }) => code), 'ok');
    assert.equal(stock(), 104 - 91);
    assert.ok(bob.keys.fsm.issued.shortage(alice.pk, { mail: true }) > 0, 'new keys go out');
  });

  for (const type of [0x80, 0x81]) {
    it(`are malformed when type 0x${type.toString(16)} breaks its form, and cost their key`, async () => {
      const before = bob.keys.fsm.issued.liveCount(alice.pk);
      assert.equal((await bob.receive(await seal(new Uint8Array(9), type), direct)).code, 'malformed');
      assert.equal(bob.keys.fsm.issued.liveCount(alice.pk), before - 1);
    });
  }
});
