import { readKeySecret, readOwnSecrets, makeKey } from '../../lib/forward-security/key-slots';
import { copyOf } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { systemRandom } from '../../lib/platform/random';
import { boxUnderSlot } from '../../lib/store/vault/slot-box';
import type { Subject } from '../support/measure';
import { envelopePair } from './envelopes';

const SECRET_BYTES = 32;

/**
 * The cryptography of a durable send and of a durable receive, one after the other and nothing else: the one-time key's
 * secret out of its slot, the envelope, and the text under a slot of its own.
 */
export function durableLeast(crypto: CryptoProvider, bytes: number): Subject[] {
  const slot = () => ({ ref: { slot: 1, serial: 1 }, secret: systemRandom.bytes(SECRET_BYTES) });
  const { ref, secret } = slot();
  const seed = systemRandom.bytes(SECRET_BYTES);
  const key = makeKey(crypto, { ref, secret: copyOf(secret) }, { seed, batch: 1, index: 1 });
  const parts = { crypto, vault: { read: () => copyOf(secret), allocate: () => Promise.resolve([slot()]) } };
  const text = new Uint8Array(bytes).fill(97);
  const [seal, open] = envelopePair(crypto, bytes);
  if (seal === undefined || open === undefined) throw new Error('nothing to measure');
  const often = (operation: () => void) => (count: number) => {
    for (let i = 0; i < count; i += 1) operation();
  };
  const send = () => {
    readKeySecret(parts, key);
    void seal.run(1);
    boxUnderSlot(crypto, copyOf(secret), text);
  };
  const receive = () => {
    readOwnSecrets(parts, key);
    void open.run(1);
    boxUnderSlot(crypto, copyOf(secret), text);
  };
  return [
    { name: 'send', run: often(send) },
    { name: 'receive', run: often(receive) },
  ];
}
