/**
 * Forward secrecy management: the ForwardSecurityManager alone, without a network.
 *
 * Bob gives Alice one-time keys, Alice seals five messages to five of them, and Bob opens them. Each key dies with the
 * message it opened: an envelope that somebody kept opens nothing later.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ForwardSecurityManager,
  MESSAGE_TYPE_NORMAL,
  PRE_KEY_REFRESH_THRESHOLD,
  ToxAsyncError,
  chooseCryptoProvider,
  generateKeyPair,
  openDataDirectory,
  systemPlatform,
} from 'node-red-contrib-tox-async';

const folder = await mkdtemp(path.join(tmpdir(), 'tox-async-keys-'));
const crypto = chooseCryptoProvider();
const platform = systemPlatform;

async function open(name) {
  const directory = await openDataDirectory({ platform, crypto, path: path.join(folder, name) });
  const { store, vault, ages } = directory;
  const { random, clock } = platform;
  const keyPair = generateKeyPair(crypto, random);
  const keys = await ForwardSecurityManager.create({ crypto, random, clock, ages, keyPair, store, vault });
  return { keys, directory, publicKey: keyPair.publicKey };
}

const alice = await open('alice');
const bob = await open('bob');

// Exchange pre-keys. The bytes have to come to Alice over a channel that is Bob's own, as a Tox connection is.
const bundle = await bob.keys.preKeys.generatePreKeys(alice.publicKey);
console.log(`Bob issues ${bundle.keys.length} keys`);
const { result } = await alice.keys.processPreKeyExchange(bundle.exchange);
console.log(`Alice's answer: ${result}`);
// Four keys are kept back: only keys by mail may use them.
console.log(`Alice can seal ${alice.keys.getAvailableKeyCount(bob.publicKey)} messages`);

const envelopes = [];
for (let i = 1; i <= 5 && alice.keys.canSendMessage(bob.publicKey); i += 1) {
  const text = Buffer.from(`Forward-secure message #${i}`);
  const sealed = await alice.keys.sendForwardSecureMessage(bob.publicKey, text, MESSAGE_TYPE_NORMAL);
  envelopes.push(sealed.envelope); // what goes to storage nodes
}

const remaining = alice.keys.getAvailableKeyCount(bob.publicKey);
console.log(`Alice can seal ${remaining} messages`);
console.log(remaining < PRE_KEY_REFRESH_THRESHOLD ? 'Alice needs new keys from Bob' : 'that is plenty');

for (const envelope of envelopes) {
  const { data } = await bob.keys.decryptForwardSecureMessage(envelope);
  console.log(`Bob reads: ${Buffer.from(data).toString()}`);
}

try {
  await bob.keys.decryptForwardSecureMessage(envelopes[0]);
} catch (error) {
  if (!ToxAsyncError.is(error, 'ErrUnknownTag')) throw error;
  console.log(`the same envelope again: ${error.code}`);
}

for (const { directory } of [alice, bob]) await directory.close();
await rm(folder, { recursive: true });
