import { binder } from '../../../lib/transport/toxcore/binding/binder';
import { loadLibrary } from '../../../lib/transport/toxcore/binding/library-loader';

type Convert = (content: Uint8Array, passphrase: string) => Uint8Array | undefined;
type Native = (...args: unknown[]) => boolean;

/** Bytes that sealing adds (toxencryptsave.h). */
const EXTRA = 80;

/** libtoxcore's own tox_pass_encrypt and tox_pass_decrypt; undefined where they refuse. */
export function loadToxPass(): { encrypt: Convert; decrypt: Convert } {
  const library = loadLibrary();
  const convert = (name: string, extra: number): Convert => {
    const call = binder(library)<Native>(
      `bool ${name}(const uint8_t *content, size_t length, const uint8_t *passphrase, size_t passphrase_length, _Out_ uint8_t *result, _Out_ int *error)`,
    );
    return (content, passphrase) => {
      const secret = Buffer.from(passphrase);
      const result = Buffer.alloc(content.length + extra);
      const done = call(content, content.length, secret, secret.length, result, [0]);
      return done ? new Uint8Array(result) : undefined;
    };
  };
  return { encrypt: convert('tox_pass_encrypt', EXTRA), decrypt: convert('tox_pass_decrypt', -EXTRA) };
}
