import type { CryptoProvider } from '../crypto/provider';
import { PeerMap } from '../peer-map';
import type { Random } from '../platform/random';
import type { PublicKey } from '../types';

const MARK_BYTES = 16;

/**
 * Who submitted, as the disk may know it: an HMAC of the public key under a random key that only this run has. So
 * a seized disk does not say who wrote to whom, and records of earlier runs belong to nobody in particular. The nodes of
 * a fleet have a key in common instead: a submitter is the same at all of them.
 */
export class SubmitterMarks {
  readonly #crypto: CryptoProvider;
  readonly #key: Uint8Array;
  readonly #marks = new PeerMap<SubmitterMark>();

  /** @param key 32 bytes, if not only this run is to have it */
  constructor(crypto: CryptoProvider, random: Random, key = random.bytes(32)) {
    this.#crypto = crypto;
    this.#key = key;
  }

  /** 16 bytes. */
  markOf(submitter: PublicKey): Uint8Array {
    const known = this.#marks.get(submitter);
    if (known) return known.mark;
    const mark = this.#crypto.hmacSha256(this.#key, submitter).slice(0, MARK_BYTES);
    this.#marks.set(submitter, { submitter, mark });
    return mark;
  }

  /** Forgets all others; a submitter that comes back gets the same mark. */
  retain(isWanted: (submitter: PublicKey) => boolean): void {
    for (const { submitter } of this.#marks.values()) if (!isWanted(submitter)) this.#marks.delete(submitter);
  }

  /** Everybody who was asked about in this run and is a friend. */
  all(): Iterable<SubmitterMark> {
    return this.#marks.values();
  }
}

export interface SubmitterMark {
  readonly submitter: PublicKey;
  readonly mark: Uint8Array;
}
