import { randomFillSync } from 'node:crypto';

/** A source of bytes for keys, nonces and jitter. Tests inject a seeded one. */
export interface Random {
  /** `n` fresh bytes. */
  bytes(n: number): Uint8Array;
}

/** Bytes drawn at a time: a call into the system costs as much as a thousand of them. */
const POOL_BYTES = 1024;

/** The system's generator, asked for many bytes at once; those given out are overwritten in the pool. */
export function createSystemRandom(fill: (pool: Uint8Array) => void = randomFillSync): Random {
  const pool = new Uint8Array(POOL_BYTES);
  let next = POOL_BYTES;
  return {
    bytes(n) {
      if (n > POOL_BYTES) {
        const fresh = new Uint8Array(n);
        fill(fresh);
        return fresh;
      }
      if (next + n > POOL_BYTES) {
        fill(pool);
        next = 0;
      }
      const given = pool.slice(next, next + n);
      pool.fill(0, next, next + n);
      next += n;
      return given;
    },
  };
}

export const systemRandom: Random = createSystemRandom();

/** A number in [0, 1) from 32 random bits: for jitter and choice, not for keys. */
export function randomFraction(random: Random): number {
  const b = random.bytes(4);
  return new DataView(b.buffer, b.byteOffset, 4).getUint32(0) / 2 ** 32;
}
