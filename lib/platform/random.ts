import { randomFillSync } from 'node:crypto';

/** A source of bytes for keys, nonces and jitter. Tests inject a seeded one. */
export interface Random {
  /** `n` fresh bytes. */
  bytes(n: number): Uint8Array;
}

export const systemRandom: Random = {
  bytes: (n) => randomFillSync(new Uint8Array(n)),
};

/** A number in [0, 1) from 32 random bits: for jitter and choice, not for keys. */
export function randomFraction(random: Random): number {
  const b = random.bytes(4);
  return new DataView(b.buffer, b.byteOffset, 4).getUint32(0) / 2 ** 32;
}
