import assert from 'node:assert/strict';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { sameBytes } from '../../lib/bytes';
import { SeededRandom } from '../../lib/testing/simulated-platform';
import { VirtualNetwork } from '../../lib/transport/virtual/virtual-network';
import { makeScratch } from '../lib/store/support/scratch';
import { RobbedDevice } from './support/erasure/robbed-device';
import { fastPlatform } from './support/processes/fast-platform';

const TOPIC = 'cellar/water/leak-detected';
const TEXT = 'the code of the cellar door is 4711';

for (const engine of ['lmdb', 'nedb'] as const) {
  for (const passphrase of [undefined, 'correct horse']) {
    describe(`a stolen data directory on ${engine} ${passphrase ? 'and its passphrase' : 'without a passphrase'}`, function () {
      this.timeout(120_000);
      let scratch: ReturnType<typeof makeScratch>;
      let alice: RobbedDevice;
      let bob: RobbedDevice;
      let umask: number;

      beforeEach(async () => {
        // Nobody's umask may open the files to others.
        umask = process.umask(0);
        scratch = makeScratch();
        const platform = fastPlatform(Date.now());
        const network = new VirtualNetwork({ timers: platform.timers, random: new SeededRandom('erasure') });
        const common = { scratch: scratch.path, engine, passphrase, platform, network };
        alice = new RobbedDevice({ name: 'Alice', ...common });
        bob = new RobbedDevice({ name: 'Bob', ...common });
        await alice.start();
        await bob.start();
        // Each took the other's keys, and heard that its own were taken.
        for (const device of [alice, bob]) await device.when('keys-exchanged', () => device.exchanges === 2);
        // Most tests look for the slots of messages alone.
        alice.recorder.slotSecrets.length = 0;
        bob.recorder.slotSecrets.length = 0;
        await bob.transport.setOnline(false);
        await alice.when('friend-status', () => !alice.transport.isFriendOnline(bob.publicKey));
      });

      afterEach(async () => {
        process.umask(umask);
        await alice.manager.stop();
        await bob.manager.stop();
        scratch.remove();
      });

      async function deliver(): Promise<void> {
        const ended = alice.ended();
        await alice.manager.sendAsyncMessage(bob.publicKey, TEXT);
        await bob.transport.setOnline(true);
        assert.equal(await ended, 'delivered');
        await bob.when('changed', () => bob.received.length > 0);
      }

      /** All that was on the wire. */
      function envelopes() {
        return alice.recorder.envelopes.map((envelope) => ({ envelope, sender: alice.publicKey }));
      }

      it('shows a message that waits at its sender, and nothing of it or its secret after it was delivered', async () => {
        const ended = alice.ended();
        await alice.manager.sendAsyncMessage(bob.publicKey, TEXT);
        const [secret] = alice.recorder.slotSecrets;
        assert.ok(secret && alice.recorder.slotSecrets.length === 1);
        const before = await alice.rob({ envelopes: [], passphrase });
        assert.ok(before.finds(TEXT) && before.finds(secret));
        await bob.transport.setOnline(true);
        assert.equal(await ended, 'delivered');
        await alice.settled();
        const after = await alice.rob({ envelopes: envelopes(), passphrase });
        assert.ok(after.finds(alice.keyPair.secretKey) || passphrase, 'it sees what is there');
        assert.deepEqual([after.finds(TEXT), after.finds(secret)], [false, false]);
      });

      it('shows the context of a message that waits, and nothing of it or its secret after its ending was reported', async () => {
        const ended = alice.ended();
        await alice.manager.sendAsyncMessage(bob.publicKey, TEXT, 0, { context: { topic: TOPIC } });
        const secrets = [...alice.recorder.slotSecrets];
        assert.equal(secrets.length, 2);
        const before = await alice.rob({ envelopes: [], passphrase });
        assert.ok(before.finds(TOPIC));
        await bob.transport.setOnline(true);
        assert.equal(await ended, 'delivered');
        await alice.settled();
        const after = await alice.rob({ envelopes: envelopes(), passphrase });
        assert.equal(after.finds(TOPIC), false);
        assert.deepEqual(
          secrets.map((secret) => after.finds(secret)),
          [false, false],
        );
      });

      it('opens a recorded envelope as long as its key lives, and never after it opened its message', async () => {
        const living = await bob.steal();
        await deliver();
        const recorded = envelopes();
        assert.equal(recorded.length, 1);
        await bob.settled();
        const before = await bob.rob({ envelopes: recorded, passphrase }, living);
        assert.ok(before.finds(TEXT));
        const [secret] = before.preKeySecrets;
        assert.ok(secret && before.finds(secret));
        const after = await bob.rob({ envelopes: recorded, passphrase });
        assert.deepEqual([after.preKeySecrets.length, after.finds(secret)], [0, false]);
      });

      it('shows a message that waits in the inbox, and nothing of it or its secret after it was acknowledged', async () => {
        await deliver();
        const [secret] = bob.recorder.slotSecrets;
        assert.ok(secret && bob.recorder.slotSecrets.length === 1);
        const before = await bob.rob({ envelopes: [], passphrase });
        assert.ok(before.finds(TEXT) && before.finds(secret));
        const message = bob.received[0];
        assert.ok(message && (await bob.manager.acknowledge(message.sender, message.messageId)));
        await bob.settled();
        const after = await bob.rob({ envelopes: envelopes(), passphrase });
        assert.deepEqual([after.finds(TEXT), after.finds(secret)], [false, false]);
      });

      it('shows no seed of keys that were exchanged, and no secret of a key that was used, at either side', async () => {
        for (const device of [alice, bob]) await device.settled();
        const before = new Map([
          [alice, await alice.steal()],
          [bob, await bob.steal()],
        ]);
        await deliver();
        for (const [device, copy] of before) {
          await device.settled();
          const { seeds, wraps } = device.recorder;
          assert.deepEqual([seeds.length, wraps.length], [2, 2 * 104], 'of its own keys and of its friend');
          const earlier = await device.rob({ envelopes: envelopes(), passphrase }, copy);
          const thief = await device.rob({ envelopes: envelopes(), passphrase });
          assert.ok(seeds.every((seed) => !earlier.finds(seed) && !thief.finds(seed)));
          assert.equal(earlier.keySecrets.length, 2 * 104, 'it sees the secrets of keys that live');
          const dead = wraps.filter(
            ({ keySecret }) => !thief.keySecrets.some((q) => sameBytes(q, keySecret)),
          );
          assert.equal(dead.length, 1);
          for (const { keySecret, slotSecret } of dead) {
            assert.deepEqual([earlier.finds(keySecret), earlier.finds(slotSecret)], [true, true]);
            assert.deepEqual([thief.finds(keySecret), thief.finds(slotSecret)], [false, false]);
          }
        }
      });

      if (passphrase) {
        it('shows nothing without the passphrase, not even what waits', async () => {
          await alice.manager.sendAsyncMessage(bob.publicKey, TEXT);
          const [secret] = alice.recorder.slotSecrets;
          assert.ok(secret);
          const thief = await alice.rob({ envelopes: [] });
          assert.deepEqual(
            [thief.finds(TEXT), thief.finds(secret), thief.finds(alice.keyPair.secretKey)],
            [false, false, false],
          );
        });
      }

      it('is readable by its owner only, whatever the umask', async () => {
        await deliver();
        const entries = await readdir(bob.folder, { recursive: true });
        const modes = await Promise.all(
          ['.', ...entries].map(async (name) => {
            const stats = await lstat(path.join(bob.folder, name));
            return { name, folder: stats.isDirectory(), socket: stats.isSocket(), mode: stats.mode & 0o777 };
          }),
        );
        const files = modes.filter(({ folder, socket }) => !folder && !socket);
        assert.ok(files.length >= 4);
        // What a socket lets in is decided by the folder it is in.
        for (const { name, mode } of files) assert.equal(mode, 0o600, name);
        for (const { name, mode } of modes.filter(({ folder }) => folder)) assert.equal(mode, 0o700, name);
      });
    });
  }
}
