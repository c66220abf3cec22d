import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { Passphrase } from '../../lib/crypto/pass-encryption';
import { systemRandom } from '../../lib/platform/random';
import { mustBeComplete } from '../../scripts/support/real-tox';
import { loadToxPass } from './support/tox-pass';

const CONTENTS = [Buffer.from('x'), Buffer.alloc(200, 7), systemRandom.bytes(20_000)].map(
  (content) => new Uint8Array(content),
);
const PASSPHRASES = ['secret', ' with spaces ', 'Grüße 🔑', 'x'.repeat(300)];

describe("toxencryptsave's format, against libtoxcore itself", () => {
  const crypto = chooseCryptoProvider();
  const passphraseOf = (text: string) => new Passphrase({ crypto, random: systemRandom }, text);
  let library: ReturnType<typeof loadToxPass>;

  before(function () {
    try {
      library = loadToxPass();
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
        assert.deepEqual(library.decrypt(sealed, text), content);
      }
    });

    it(`we open what libtoxcore seals with ${shown}`, async () => {
      const [, content] = CONTENTS;
      const sealed = library.encrypt(content!, text);
      assert.ok(sealed);
      assert.deepEqual(await passphraseOf(text).open(sealed), content);
    });
  }

  it('neither opens what the other sealed with another passphrase', async () => {
    const [content] = CONTENTS;
    assert.equal(library.decrypt(await passphraseOf('a').seal(content!), 'b'), undefined);
    const sealed = library.encrypt(content!, 'a');
    assert.ok(sealed);
    assert.equal(await passphraseOf('b').open(sealed), undefined);
  });
});
