import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { encodeMailKeys } from '../../../../lib/protocol/keys/mail-keys';
import { encodeMailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { KeyPeer, DAY } from '../../forward-security/support/key-peer';
import { filled, ID, NODE, OTHER, ReceivingPair } from './support/receiving-pair';

describe('receiving an envelope', () => {
  let peers: ReceivingPair;

  beforeEach(async () => {
    peers = await ReceivingPair.open();
  });

  describe('of receipts', () => {
    const mail = { held: 60, arrived: [], receipts: [{ messageId: OTHER, code: 'malformed' as const }] };

    it('does what they say, notes the stock, and owes no receipt for them', async () => {
      assert.equal(
        (await peers.bob.receive(await peers.seal(encodeMailReceipts(mail), 0x80), NODE)).code,
        'ok',
      );
      assert.deepEqual(peers.bob.receipted, [[toHex(OTHER), 'malformed']]);
      assert.deepEqual(peers.bob.owed(peers.alice), []);
      assert.equal(peers.bob.inbox.size, 0);
      assert.equal(peers.bob.keys.fsm.issued.shortage(peers.alice.pk, { fill: true }), 104 - 60);
    });

    it('does it once, and tells nobody of the repetition', async () => {
      const envelope = await peers.seal(encodeMailReceipts(mail), 0x80);
      await peers.bob.receive(envelope, NODE);
      assert.deepEqual(await peers.bob.receive(envelope, NODE), { code: 'known' });
      assert.equal(peers.bob.receipted.length, 1);
    });

    it('does not let them speak of the stock while a session does', async () => {
      peers.bob.keys.fsm.issued.noteHeld(peers.alice.pk, 100);
      peers.bob.hasSession = true;
      await peers.bob.receive(await peers.seal(encodeMailReceipts(mail), 0x80), NODE);
      assert.equal(peers.bob.keys.fsm.issued.shortage(peers.alice.pk, { fill: true }), 5);
    });
  });

  describe('of keys', () => {
    const offer = async (count: number, batch = 77) => ({
      batch,
      valid: DAY,
      held: 10,
      seed: filled(5),
      keys: (await Promise.all(Array.from({ length: count }, (_, i) => KeyPeer.open(`key ${i}`)))).map(
        ({ pk }, i) => ({ index: i + 1, publicKey: pk }),
      ),
    });

    it('adds them, for as long as they are valid, and owes a receipt', async () => {
      const data = encodeMailKeys(await offer(40));
      assert.equal((await peers.bob.receive(await peers.seal(data, 0x81), NODE)).code, 'ok');
      assert.equal(peers.bob.keys.fsm.held.held(peers.alice.pk), 40);
      assert.deepEqual(peers.bob.owed(peers.alice), [[toHex(ID), 'ok']]);
      assert.equal(peers.bob.keys.fsm.preKeys.needsRefresh(peers.alice.pk), true);
      await peers.bob.crash();
      assert.equal(peers.bob.keys.fsm.held.held(peers.alice.pk), 40);
      peers.bob.keys.age += DAY;
      assert.equal(peers.bob.keys.fsm.held.held(peers.alice.pk), 0);
    });

    it('adds the same batch once, and refuses its number with other keys', async () => {
      await peers.bob.receive(await peers.seal(encodeMailKeys(await offer(2)), 0x81), NODE);
      const again = await peers.seal(encodeMailKeys(await offer(2)), 0x81, OTHER);
      assert.equal((await peers.bob.receive(again, NODE)).code, 'ok');
      assert.equal(peers.bob.keys.fsm.held.held(peers.alice.pk), 2);
      const clash = await peers.seal(encodeMailKeys(await offer(3)), 0x81, filled(9));
      assert.equal((await peers.bob.receive(clash, NODE)).code, 'malformed');
      assert.deepEqual(peers.bob.refused, ['batch-in-use']);
      assert.equal(peers.bob.keys.fsm.held.held(peers.alice.pk), 2);
    });

    it('refuses keys that no exchange may bring', async () => {
      const bad = { ...(await offer(1)), keys: [{ index: 1, publicKey: peers.alice.pk }] };
      assert.equal(
        (await peers.bob.receive(await peers.seal(encodeMailKeys(bad), 0x81), NODE)).code,
        'malformed',
      );
      assert.deepEqual(peers.bob.refused, ['malformed']);
    });
  });
});
