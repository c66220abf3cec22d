import { createRequire } from 'node:module';
import nacl from 'tweetnacl';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { loadSodiumProvider, type Sodium } from '../../lib/crypto/providers/sodium';
import type { KeyPair } from '../../lib/types';
import type { Subject } from '../support/measure';

/** The pair of raw crypto_box calls that an envelope cannot do without, bare of everything else. */
export interface RawBoxes {
  readonly name: string;
  readonly seal: (plain: Uint8Array, nonce: Uint8Array, to: Uint8Array, from: Uint8Array) => Uint8Array;
  readonly open: (boxed: Uint8Array, nonce: Uint8Array, from: Uint8Array, to: Uint8Array) => unknown;
}

/** sodium-native itself; undefined where it does not load. */
export function sodiumBoxes(): RawBoxes | undefined {
  let sodium: Sodium | undefined;
  loadSodiumProvider(() => {
    sodium = createRequire(__filename)('sodium-native') as Sodium;
    return sodium;
  });
  if (sodium === undefined) return undefined;
  const native = sodium;
  return {
    name: 'sodium-native',
    seal(plain, nonce, to, from) {
      const boxed = Buffer.allocUnsafe(plain.length + 16);
      native.crypto_box_easy(boxed, plain, nonce, to, from);
      return boxed;
    },
    open(boxed, nonce, from, to) {
      return native.crypto_box_open_easy(Buffer.allocUnsafe(boxed.length - 16), boxed, nonce, from, to);
    },
  };
}

/** tweetnacl itself. */
export const tweetnaclBoxes: RawBoxes = { name: 'tweetnacl', seal: nacl.box, open: nacl.box.open };

export function providers(): CryptoProvider[] {
  const native = loadSodiumProvider();
  return native === undefined ? [createPortableProvider()] : [native, createPortableProvider()];
}

/** Sealing, and opening what was sealed, twice each: an envelope has two boxes. */
export function rawPair(boxes: RawBoxes, size: number, keys: { a: KeyPair; b: KeyPair }): Subject[] {
  const { a, b } = keys;
  const plain = new Uint8Array(size);
  const nonce = new Uint8Array(24);
  const boxed = boxes.seal(plain, nonce, b.publicKey, a.secretKey);
  const twice = (operation: () => void) => (count: number) => {
    for (let i = 0; i < 2 * count; i += 1) operation();
  };
  return [
    {
      name: `two boxes of ${boxes.name}, seal`,
      run: twice(() => boxes.seal(plain, nonce, b.publicKey, a.secretKey)),
    },
    {
      name: `two boxes of ${boxes.name}, open`,
      run: twice(() => boxes.open(boxed, nonce, a.publicKey, b.secretKey)),
    },
  ];
}
