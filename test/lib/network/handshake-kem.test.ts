import assert from 'node:assert/strict';
import { concat } from '../../../lib/bytes';
import { generateKeyPair } from '../../../lib/crypto/generate';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import {
  decodeHello1,
  encodeHello1,
  encodeHello2,
  HELLO,
  helloEcho,
} from '../../../lib/protocol/session/hello';
import { createWorld, crypto, mail, withRawPeer, type World } from './support/world';

const FLAGS = { acceptsStores: true, openNode: false };
const MINUTE = 60_000;
/** What a later version may add to a hello, up to the longest message. */
const LONGEST_TAIL_1 = new Uint8Array(5468 - 1229).fill(7);
const LONGEST_TAIL_2 = new Uint8Array(5468 - 1133).fill(7);
const NOTHING_IGNORED = { malformed: 0, unverified: 0, unknown: 0 };

const isWiped = (value: Uint8Array) => value.every((byte) => byte === 0);

/** A provider that counts the work of the KEM, and keeps the secrets that went through it. */
function watchingKem() {
  const decapsulationKeys: Uint8Array[] = [];
  const entropies: Uint8Array[] = [];
  const secrets: Uint8Array[] = [];
  const work = { encapsulations: 0, decapsulations: 0 };
  const watched: CryptoProvider = {
    ...crypto,
    kemPublicKey(key) {
      decapsulationKeys.push(key);
      return crypto.kemPublicKey(key);
    },
    kemEncapsulate(key, entropy) {
      work.encapsulations += 1;
      entropies.push(entropy);
      const made = crypto.kemEncapsulate(key, entropy);
      secrets.push(made.secret);
      return made;
    },
    kemDecapsulate(key, ciphertext) {
      work.decapsulations += 1;
      const secret = crypto.kemDecapsulate(key, ciphertext);
      secrets.push(secret);
      return secret;
    },
  };
  return { crypto: watched, work, decapsulationKeys, entropies, secrets };
}

describe('the KEM of a handshake', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld('handshake with a KEM');
  });

  /** A hello of side 1 that is good unless a key is given. */
  function greeting(keys: { ephemeral?: Uint8Array; kemKey?: Uint8Array } = {}): Uint8Array {
    const { ephemeral = generateKeyPair(crypto, world.random).publicKey } = keys;
    const { kemKey = crypto.kemPublicKey(world.random.bytes(64)) } = keys;
    return encodeHello1({ flags: FLAGS, ephemeral, kemKey });
  }

  describe('at side 1', () => {
    it('takes an answer that a later version lengthened, to the longest message', async () => {
      const { network, events, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      peer.answer(undefined, LONGEST_TAIL_2);
      peer.say(mail(1));
      assert.deepEqual(events, ['session', 'message mail 1']);
      assert.deepEqual(network.ignored, NOTHING_IGNORED);
    });

    it('notices a wrong ciphertext by nothing that opens', async () => {
      const { network, events, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      const hello1 = peer.lastHello();
      const { kemKey } = decodeHello1(hello1);
      const { ciphertext } = crypto.kemEncapsulate(kemKey, world.random.bytes(32));
      const { publicKey } = generateKeyPair(crypto, world.random);
      ciphertext[500]! ^= 1;
      const echo = helloEcho(crypto, hello1);
      peer.send(encodeHello2({ flags: FLAGS, ephemeral: publicKey, echo, kemCiphertext: ciphertext }));
      assert.deepEqual(events, ['session']);
      peer.keys = { send: new Uint8Array(32), receive: new Uint8Array(32) };
      peer.say(mail(1));
      assert.deepEqual(events, ['session']);
      assert.equal(network.ignored.unverified, 1);
    });

    it('drops and counts an answer without its whole ciphertext, and takes a good one after it', async () => {
      const { network, events, errors, peer } = await withRawPeer(world, 1);
      await world.time.advance(1000);
      const hello1 = peer.lastHello();
      const fields = { flags: FLAGS, ephemeral: generateKeyPair(crypto, world.random).publicKey };
      const echo = helloEcho(crypto, hello1);
      const hello2 = encodeHello2({ ...fields, echo, kemCiphertext: new Uint8Array(1088) });
      for (const length of [45, 1132]) peer.send(hello2.subarray(0, length));
      assert.deepEqual([network.ignored.malformed, events, errors], [2, [], []]);
      peer.answer(hello1);
      assert.deepEqual(events, ['session']);
    });

    it('decapsulates nothing for answers to other hellos, nor with a bad key, however many come', async () => {
      const watched = watchingKem();
      const { peer } = await withRawPeer(world, 1, { crypto: watched.crypto });
      await world.time.advance(1000);
      const echo = helloEcho(crypto, peer.lastHello());
      const kemCiphertext = new Uint8Array(1088);
      const good = generateKeyPair(crypto, world.random).publicKey;
      for (let i = 0; i < 200; i++) {
        peer.send(
          encodeHello2({ flags: FLAGS, ephemeral: good, echo: new Uint8Array(8).fill(i), kemCiphertext }),
        );
        peer.send(encodeHello2({ flags: FLAGS, ephemeral: new Uint8Array(32), echo, kemCiphertext }));
      }
      assert.deepEqual(watched.work, { encapsulations: 0, decapsulations: 0 });
      for (let i = 0; i < 200; i++) {
        peer.send(encodeHello2({ flags: FLAGS, ephemeral: good, echo, kemCiphertext }));
      }
      assert.equal(watched.work.decapsulations, 1, 'an answer ends the hello it answers');
    });

    it('wipes the decapsulation key with a new hello, an answer and the end of the connection', async () => {
      const watched = watchingKem();
      const { transport, peer } = await withRawPeer(world, 1, { crypto: watched.crypto });
      const kept = () => watched.decapsulationKeys.map((key) => !isWiped(key));
      await world.time.advance(1000);
      assert.deepEqual(kept(), [true]);
      await world.time.advance(10_000);
      assert.deepEqual(kept(), [false, true]);
      peer.answer();
      assert.deepEqual(kept(), [false, false]);
      assert.ok(watched.secrets.every(isWiped) && watched.secrets.length === 1);
      transport.handler?.onFriend(peer.identity.publicKey, false);
      transport.handler?.onFriend(peer.identity.publicKey, true);
      await world.time.advance(1000);
      assert.deepEqual(kept(), [false, false, true]);
      transport.handler?.onFriend(peer.identity.publicKey, false);
      assert.deepEqual(kept(), [false, false, false]);
    });

    it('wipes the decapsulation key when the answer to an older hello makes it say hello again', async () => {
      const watched = watchingKem();
      const { peer } = await withRawPeer(world, 1, { crypto: watched.crypto });
      await world.time.advance(1000);
      const first = peer.lastHello();
      await world.time.advance(MINUTE);
      peer.answer(first);
      await world.time.advance(4000);
      const kept = watched.decapsulationKeys.filter((key) => !isWiped(key));
      assert.equal(kept.length, 1);
      assert.equal(kept[0], watched.decapsulationKeys.at(-1));
    });
  });

  describe('at side 2', () => {
    it('answers a hello that a later version lengthened, to the longest message', async () => {
      const { network, events, peer } = await withRawPeer(world, 2);
      peer.greet(LONGEST_TAIL_1);
      peer.say(mail(1));
      assert.deepEqual(events, ['session', 'message mail 1']);
      assert.deepEqual(network.ignored, NOTHING_IGNORED);
    });

    it('drops and counts a hello whose KEM key is short or out of range, and answers a good one later', async () => {
      const { network, events, errors, peer } = await withRawPeer(world, 2);
      peer.send(greeting({ kemKey: new Uint8Array(1184).fill(0xff) }));
      assert.deepEqual(network.ignored, { ...NOTHING_IGNORED, malformed: 1 });
      await world.time.advance(2500);
      for (const length of [45, 1228]) peer.send(greeting().subarray(0, length));
      assert.deepEqual(network.ignored, { ...NOTHING_IGNORED, malformed: 3 });
      const answers = peer.received().filter(([first]) => first === HELLO);
      assert.deepEqual([events, errors, answers], [[], [], []]);
      peer.greet();
      assert.deepEqual(events, ['session']);
    });

    it('encapsulates once in 2 s, however many hellos come', async () => {
      const watched = watchingKem();
      const { peer } = await withRawPeer(world, 2, { crypto: watched.crypto });
      const hellos = [greeting(), greeting({ kemKey: new Uint8Array(1184).fill(0xff) })];
      for (let i = 0; i < 200; i++) for (const hello of hellos) peer.send(hello);
      assert.equal(watched.work.encapsulations, 1);
      await world.time.advance(1999);
      for (const hello of hellos) peer.send(hello);
      assert.equal(watched.work.encapsulations, 1);
      await world.time.advance(1);
      for (let i = 0; i < 200; i++) for (const hello of hellos.toReversed()) peer.send(hello);
      assert.equal(watched.work.encapsulations, 2, 'a bad key counts as well');
    });

    it('encapsulates nothing for a hello whose other key is bad', async () => {
      const watched = watchingKem();
      const { network, peer } = await withRawPeer(world, 2, { crypto: watched.crypto });
      peer.send(greeting({ ephemeral: new Uint8Array(32) }));
      assert.equal(network.ignored.malformed, 1);
      assert.equal(watched.work.encapsulations, 0);
    });

    it('wipes the secret and the randomness that it came from, whether the hello was good or not', async () => {
      const watched = watchingKem();
      const { peer } = await withRawPeer(world, 2, { crypto: watched.crypto });
      peer.greet();
      await world.time.advance(2500);
      peer.send(greeting({ kemKey: new Uint8Array(1184).fill(0xff) }));
      assert.deepEqual([watched.entropies.length, watched.secrets.length], [2, 1]);
      assert.ok([...watched.entropies, ...watched.secrets].every(isWiped));
    });

    it('echoes what came with the bytes that follow, so that a hello lengthened on the way leads to nothing', async () => {
      const { network, events, peer } = await withRawPeer(world, 2);
      const { publicKey: ephemeral } = generateKeyPair(crypto, world.random);
      const kemKey = crypto.kemPublicKey(world.random.bytes(64));
      const told = encodeHello1({ flags: FLAGS, ephemeral, kemKey });
      peer.send(concat(told, new Uint8Array(1)));
      const echo = peer.lastHello().subarray(37, 45);
      assert.notDeepEqual(echo, helloEcho(crypto, told), 'side 1 takes it for the answer to another hello');
      assert.deepEqual(events, ['session']);
      assert.equal(network.isProven(peer.identity.publicKey), false);
    });
  });
});
