import { join, publicOf, sha256, uint } from '../../test/lib/vectors/support/reference/bytes';

/** Secrets come from names, as in the check values. */
export const digest = (name: string) => sha256(new TextEncoder().encode(name));
/** Longer ones are SHA-256(name || counter 2), counter from 0, joined and cut. */
export const stretched = (name: string, length: number) =>
  join(
    ...Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
      sha256(join(new TextEncoder().encode(name), uint(i, 2))),
    ),
  ).slice(0, length);
export const S = { secret: digest('sender identity'), public: publicOf(digest('sender identity')) };
export const R = { secret: digest('recipient identity'), public: publicOf(digest('recipient identity')) };
export const P = { secret: digest('pre-key'), public: publicOf(digest('pre-key')) };

const le = (digits: string) => new Uint8Array(Buffer.from(digits, 'hex'));
const prime = (last: number) => join(new Uint8Array([last]), new Uint8Array(30).fill(0xff), le('7f'));

/** Public keys that nobody may use, and why. */
export const BAD_POINTS: readonly (readonly [why: string, point: Uint8Array])[] = [
  ['zero', new Uint8Array(32)],
  ['one', join(le('01'), new Uint8Array(31))],
  ['a point of order 8', le('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800')],
  ['another point of order 8', le('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157')],
  ['p - 1', prime(0xec)],
  ['p', prime(0xed)],
  ['p + 1', prime(0xee)],
  ['p + 9: the second encoding of a good point', prime(0xf6)],
  ['bit 255', join(P.public.slice(0, 31), new Uint8Array([(P.public[31] ?? 0) | 0x80]))],
];
