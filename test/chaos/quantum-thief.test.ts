import assert from 'node:assert/strict';
import { toHex } from '../../lib/bytes';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { decodeExchange } from '../../lib/protocol/keys/exchange';
import { openEnvelope } from '../../lib/protocol/envelope/open';
import { prekeyTag } from '../../lib/protocol/names';
import { SeededRandom } from '../../lib/testing/simulated-platform';
import { VirtualNetwork } from '../../lib/transport/virtual/virtual-network';
import { makeScratch } from '../lib/store/support/scratch';
import { RobbedDevice } from './support/erasure/robbed-device';
import type { Thief } from './support/erasure/thief';
import { type SessionSecrets, type TappedSession, Wiretap } from './support/erasure/wiretap';
import { fastPlatform } from './support/processes/fast-platform';

const crypto = chooseCryptoProvider();
const TEXT = 'the code of the cellar door is 4711';
const ZEROS = new Uint8Array(32);
const EXCHANGE = 0x11;

for (const engine of ['lmdb', 'nedb'] as const) {
  describe(`somebody who recorded every packet and stole every disk (${engine})`, function () {
    this.timeout(120_000);
    let scratch: ReturnType<typeof makeScratch>;
    let tap: Wiretap;
    let alice: RobbedDevice;
    let bob: RobbedDevice;
    let thieves: Thief[];

    before(async () => {
      scratch = makeScratch();
      tap = new Wiretap(crypto);
      const platform = fastPlatform(Date.now());
      const network = new VirtualNetwork({ timers: platform.timers, random: new SeededRandom('quantum') });
      const common = { scratch: scratch.path, engine, passphrase: undefined, platform, network, tap };
      alice = new RobbedDevice({ name: 'Alice', ...common });
      bob = new RobbedDevice({ name: 'Bob', ...common });
      await alice.start();
      await bob.start();
      for (const device of [alice, bob]) await device.when('keys-exchanged', () => device.exchanges === 2);
      const ended = alice.ended();
      await alice.manager.sendAsyncMessage(bob.publicKey, TEXT);
      assert.equal(await ended, 'delivered');
      await bob.when('changed', () => bob.received.length > 0);
      const [message] = bob.received;
      assert.ok(message && (await bob.manager.acknowledge(message.sender, message.messageId)));
      await Promise.all([alice.settled(), bob.settled()]);
      thieves = [await alice.rob({ envelopes: [] }), await bob.rob({ envelopes: [] })];
    });

    after(async () => {
      await alice.manager.stop();
      await bob.manager.stop();
      scratch.remove();
    });

    const identities = () => [alice.keyPair, bob.keyPair];
    /** What breaking X25519 gives of a session. */
    const broken = ({ side1, side2, ephemeral1, ephemeral2 }: TappedSession): SessionSecrets['shared'] => [
      tap.shared(side1, ephemeral2),
      tap.shared(side2, ephemeral1),
      tap.shared(ephemeral1, ephemeral2),
    ];
    const kemSecretOf = ({ ciphertext }: TappedSession) => tap.kemSecrets.get(toHex(ciphertext)) ?? ZEROS;

    /** The envelope of the message, as any storage node may have kept it, with the secret half of its one-time key. */
    function recorded() {
      const [envelope, ...others] = alice.recorder.envelopes;
      assert.ok(envelope && others.every((other) => toHex(other) === toHex(envelope)));
      const tag = toHex(envelope.slice(33, 49));
      const preKey = [...tap.secretKeys.values()]
        .map((secretKey) => crypto.keyPairFromSecret(secretKey.slice()))
        .find(({ publicKey }) => toHex(prekeyTag(crypto, publicKey)) === tag);
      assert.ok(preKey);
      return { envelope, preKey, recipient: bob.publicKey, sender: alice.publicKey };
    }

    /** The secret of the key that the message was sealed to, as its owner had it. */
    function usedWraps() {
      const known = recorded();
      return bob.recorder.wraps.filter(
        ({ keySecret }) => openEnvelope(crypto, { ...known, keySecret }).outcome === 'opened',
      );
    }

    it('reads everything with both primitives broken, so that nothing else stands in the way', () => {
      const { sessions } = tap;
      assert.ok(sessions.length > 0);
      const heard = sessions.flatMap((session) =>
        tap.listen(session, { shared: broken(session), kemSecret: kemSecretOf(session) }),
      );
      const seeds = heard
        .filter(({ kind }) => kind === EXCHANGE)
        .map(({ body }) => toHex(decodeExchange(body).seed));
      const wanted = bob.recorder.seeds.map(toHex);
      assert.deepEqual([...new Set(seeds)].sort(), wanted.sort());
      assert.equal(usedWraps().length, 1);
    });

    it('hears nothing of a session with X25519 broken and ML-KEM whole, whatever lies on the disks', () => {
      const guesses = [ZEROS, new Uint8Array(0), ...thieves.flatMap(({ secrets }) => secrets)];
      assert.ok(guesses.length > 400, 'it has the slots of both vaults');
      for (const session of tap.sessions) {
        for (const kemSecret of guesses)
          assert.deepEqual(tap.listen(session, { shared: broken(session), kemSecret }), []);
      }
    });

    it('opens no envelope with X25519 broken and every secret that the disks still have', () => {
      const guesses = thieves.flatMap(({ secrets, keySecrets }) => [...secrets, ...keySecrets]);
      const known = recorded();
      for (const keySecret of [ZEROS, ...guesses])
        assert.equal(openEnvelope(crypto, { ...known, keySecret }).outcome, 'forged');
    });

    it('unwraps no secret of a key with the secret keys of X25519', () => {
      for (const device of [alice, bob]) {
        assert.deepEqual(device.unwrapWith([...tap.secretKeys.values()]), []);
      }
    });

    it('finds no message, no seed and no secret of a used key on any disk', () => {
      const used = usedWraps();
      for (const thief of thieves) {
        assert.ok(!thief.finds(TEXT));
        for (const device of [alice, bob])
          assert.ok(device.recorder.seeds.every((seed) => !thief.finds(seed)));
        assert.ok(used.every(({ keySecret }) => !thief.finds(keySecret)));
      }
    });

    it('hears nothing with ML-KEM broken and X25519 whole, although it has both identities', () => {
      for (const session of tap.sessions) {
        const [x1, x2] = broken(session);
        // The third takes an ephemeral secret, and those were wiped.
        const guesses = [
          ZEROS,
          x1,
          x2,
          tap.shared(session.side1, session.side2),
          ...thieves.flatMap(({ secrets }) => secrets),
        ];
        for (const x3 of guesses) {
          const secrets = { shared: [x1, x2, x3] as const, kemSecret: kemSecretOf(session) };
          assert.deepEqual(tap.listen(session, secrets), []);
        }
      }
    });

    it('opens no envelope with ML-KEM broken and X25519 whole, although it has every secret q and both identities', () => {
      const guesses = [
        ...identities().map(({ secretKey }) => secretKey),
        ...thieves.flatMap((t) => t.secrets),
      ];
      const { preKey, ...others } = recorded();
      const [first] = usedWraps();
      assert.ok(first);
      for (const secretKey of guesses) {
        const stolen = { publicKey: preKey.publicKey, secretKey };
        const opened = openEnvelope(crypto, { ...others, preKey: stolen, keySecret: first.keySecret });
        assert.equal(opened.outcome, 'forged');
      }
    });
  });
}
