import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { chooseCryptoProvider } from '../../lib/crypto/choose-provider';
import { Passphrase } from '../../lib/crypto/pass-encryption';
import { systemRandom } from '../../lib/platform/random';
import { mustBeComplete } from '../../scripts/support/real-tox';

interface Koffi {
  load(name: string): { func(prototype: string): (...args: unknown[]) => boolean };
}

type Convert = (content: Uint8Array, passphrase: string, length: number) => Uint8Array | undefined;

/** libtoxcore's own tox_pass_encrypt and tox_pass_decrypt. @throws where the library is not installed */
function loadLibrary(): { encrypt: Convert; decrypt: Convert } {
  const koffi = createRequire(__filename)('koffi') as Koffi;
  const library = koffi.load('libtoxcore.so.2');
  const convert = (name: string): Convert => {
    const call = library.func(
      `bool ${name}(const uint8_t *content, size_t length, const uint8_t *passphrase, size_t passphrase_length, _Out_ uint8_t *result, _Out_ int *error)`,
    );
    return (content, passphrase, length) => {
      const secret = Buffer.from(passphrase);
      const result = Buffer.alloc(length);
      const done = call(content, content.length, secret, secret.length, result, [0]);
      return done ? new Uint8Array(result) : undefined;
    };
  };
  return { encrypt: convert('tox_pass_encrypt'), decrypt: convert('tox_pass_decrypt') };
}

const CONTENTS = [Buffer.from('x'), Buffer.alloc(200, 7), systemRandom.bytes(20_000)].map(
  (content) => new Uint8Array(content),
);
const PASSPHRASES = ['secret', ' with spaces ', 'Grüße 🔑', 'x'.repeat(300)];

describe("toxencryptsave's format, against libtoxcore itself", () => {
  const crypto = chooseCryptoProvider();
  const passphraseOf = (text: string) => new Passphrase({ crypto, random: systemRandom }, text);
  let library: ReturnType<typeof loadLibrary>;

  before(function () {
    try {
      library = loadLibrary();
    } catch (error) {
      if (mustBeComplete) throw error;
      this.skip();
    }
  });

  for (const text of PASSPHRASES) {
    const shown = JSON.stringify(text.slice(0, 20));

    it(`libtoxcore opens what we seal with ${shown}`, async () => {
      const passphrase = passphraseOf(text);
      for (const content of CONTENTS) {
        const sealed = await passphrase.seal(content);
        assert.deepEqual(library.decrypt(sealed, text, content.length), content);
      }
    });

    it(`we open what libtoxcore seals with ${shown}`, async () => {
      const [, content] = CONTENTS;
      const sealed = library.encrypt(content!, text, content!.length + 80);
      assert.ok(sealed);
      assert.deepEqual(await passphraseOf(text).open(sealed), content);
    });
  }

  it('neither opens what the other sealed with another passphrase', async () => {
    const [content] = CONTENTS;
    assert.equal(library.decrypt(await passphraseOf('a').seal(content!), 'b', content!.length), undefined);
    const sealed = library.encrypt(content!, 'a', content!.length + 80);
    assert.ok(sealed);
    assert.equal(await passphraseOf('b').open(sealed), undefined);
  });
});
