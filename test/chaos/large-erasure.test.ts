import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { NONCE_BYTES } from '../../lib/crypto/lengths';
import { SeededRandom } from '../../lib/testing/simulated-platform';
import { VirtualNetwork } from '../../lib/transport/virtual/virtual-network';
import { makeScratch } from '../lib/store/support/scratch';
import { RobbedDevice } from './support/erasure/robbed-device';
import { fastPlatform } from './support/processes/fast-platform';

const crypto = chooseCryptoProvider();
/** Three chunks, a line of which stands in each piece. */
const LINE = 'the code of the cellar door is 4711\n';
const TEXT = LINE.repeat(400);

for (const engine of ['lmdb', 'nedb'] as const) {
  describe(`a data directory on ${engine} that is stolen after a large message`, function () {
    this.timeout(120_000);
    let scratch: ReturnType<typeof makeScratch>;
    let alice: RobbedDevice;
    let bob: RobbedDevice;

    beforeEach(async () => {
      scratch = makeScratch();
      const platform = fastPlatform(Date.now());
      const network = new VirtualNetwork({ timers: platform.timers, random: new SeededRandom('large') });
      const common = { scratch: scratch.path, engine, passphrase: undefined, platform, network };
      alice = new RobbedDevice({ name: 'Alice', ...common });
      bob = new RobbedDevice({ name: 'Bob', ...common });
      for (const device of [alice, bob]) await device.start();
      for (const device of [alice, bob]) await device.when('keys-exchanged', () => device.exchanges === 2);
      const ended = alice.ended();
      await alice.manager.sendAsyncMessage(bob.publicKey, TEXT);
      assert.equal(await ended, 'delivered');
      await bob.when('changed', () => bob.received.length > 0);
      for (const device of [alice, bob]) await device.settled();
    });

    afterEach(async () => {
      for (const device of [alice, bob]) await device.manager.stop();
      scratch.remove();
    });

    /** All that was on the wire, which only the one-time key opens. */
    const envelopes = () =>
      alice.recorder.envelopes.map((envelope) => ({ envelope, sender: alice.publicKey }));

    it('holds no key of its pieces, which lay under a slot until all of them were there', async () => {
      const { payloadKeys, boxes, slotSecrets } = bob.recorder;
      const [key] = payloadKeys;
      assert.ok(key && payloadKeys.length === 1);
      const sealed = boxes.some((box, i) => {
        const secret = slotSecrets[i] ?? new Uint8Array(32);
        const plain = crypto.openSecretbox(box.slice(NONCE_BYTES), box.slice(0, NONCE_BYTES), secret);
        return plain !== undefined && Buffer.from(plain).includes(Buffer.from(key));
      });
      assert.ok(sealed, 'it was on the disk');
      for (const device of [alice, bob]) {
        assert.equal((await device.rob({ envelopes: envelopes() })).finds(key), false);
      }
    });

    it('shows the message while it waits in the inbox, and nothing of it once it was acknowledged', async () => {
      const before = await bob.rob({ envelopes: envelopes() });
      assert.ok(before.finds(LINE));
      assert.equal((await alice.rob({ envelopes: envelopes() })).finds(LINE), false);
      const message = bob.received[0];
      assert.ok(message && (await bob.manager.acknowledge(message.sender, message.messageId)));
      await bob.settled();
      assert.equal((await bob.rob({ envelopes: envelopes() })).finds(LINE), false);
    });
  });
}
