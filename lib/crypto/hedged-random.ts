import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import { labelledHash } from './labelled-hash';
import { KEY_BYTES, NONCE_BYTES, BOX_TAG_BYTES } from './lengths';
import type { CryptoProvider } from './provider';

/** Each call has a key of its own, so the nonce may be constant. */
const NONCE = new Uint8Array(NONCE_BYTES);

/**
 * `random`, with the clocks, a secret of the process and a count mixed in: what a machine gives whose memory was saved
 * and resumed twice repeats only where the moments are the same, and a generator that turns out weak is no longer all
 * that a secret consists of. The bytes are those of `random`, XORed with a stream that depends on none of them, so
 * they are never worse.
 */
export function hedgedRandom(parts: {
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly clock: Pick<Clock, 'monotonic' | 'wall'>;
}): Random {
  const { crypto, random, clock } = parts;
  const secret = random.bytes(KEY_BYTES);
  const moment = new DataView(new ArrayBuffer(24));
  const momentBytes = new Uint8Array(moment.buffer);
  let calls = 0;
  return {
    bytes(n) {
      calls += 1;
      moment.setFloat64(0, clock.monotonic());
      moment.setFloat64(8, clock.wall());
      moment.setFloat64(16, calls);
      const key = labelledHash(crypto, 'hedge', secret, momentBytes);
      const drawn = random.bytes(n);
      const mixed = crypto.secretbox(drawn, NONCE, key).slice(BOX_TAG_BYTES);
      crypto.wipe(key);
      crypto.wipe(drawn);
      return mixed;
    },
  };
}
