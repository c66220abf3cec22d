import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { inspect } from 'node:util';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { isPassEncrypted, PASS_ENCRYPTION_BYTES, Passphrase } from '../../../lib/crypto/pass-encryption';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { ToxAsyncError } from '../../../lib/errors';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { PROVIDERS } from './support/providers';

/** Made by libtoxcore 0.2.18's tox_pass_encrypt. */
const KNOWN = [
  {
    passphrase: 'correct horse battery staple',
    content: 'leak in the cellar',
    sealed:
      '746f78457361766523683e217a23bad78413649c0f813272671a711456704cd2967342ad4e18ab73482eeb3a50a0edb7eefc' +
      '1fd48f81c3b8026693ab11fd2d51b362da658db7ac6b89478db4e9377b051e0e2e11952e26b3210af040797fad8112b8',
  },
  {
    passphrase: 'Grüße 🔑',
    content: 'x',
    sealed:
      '746f784573617665b7cfaae5c1e7a840e94da94f4a0d44cdcc23895c9f84746ea2d74fc787c0d6e1ab2754cedb6ad81b3d71' +
      '815a8b3437b3fc6f965d5ab2ccc9f3753f0cbbc3e81faeeb8ee7bfe6c92d00',
  },
];
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const make = (text: string, crypto: CryptoProvider = createPortableProvider(), seed = 'pass') =>
  new Passphrase({ crypto, random: new SeededRandom(seed) }, text);

describe('sealing with a passphrase', () => {
  for (const crypto of PROVIDERS) {
    for (const { passphrase, content, sealed } of KNOWN) {
      it(`opens what libtoxcore sealed with "${passphrase}" (${crypto.name})`, async () => {
        const opened = await make(passphrase, crypto).open(new Uint8Array(Buffer.from(sealed, 'hex')));
        assert.deepEqual(opened, bytes(content));
      });
    }

    it(`seals the bytes that libtoxcore would with this salt and nonce (${crypto.name})`, async () => {
      const [known] = KNOWN;
      const expected = Buffer.from(known!.sealed, 'hex');
      const drawn = [expected.subarray(8, 40), expected.subarray(40, 64)];
      const random = { bytes: () => new Uint8Array(drawn.shift()!) };
      const passphrase = new Passphrase({ crypto, random }, known!.passphrase);
      assert.deepEqual(Buffer.from(await passphrase.seal(bytes(known!.content))), expected);
    });
  }

  it('opens what it sealed itself, and another one of the same passphrase does', async () => {
    const sealed = await make('secret').seal(bytes('profile'));
    assert.ok(isPassEncrypted(sealed));
    assert.equal(sealed.length, 'profile'.length + PASS_ENCRYPTION_BYTES);
    assert.deepEqual(await make('secret', undefined, 'other').open(sealed), bytes('profile'));
  });

  it('gives nothing for another passphrase, or for one that differs in case or spaces', async () => {
    const sealed = await make('secret').seal(bytes('profile'));
    for (const other of ['Secret', 'secret ', 'guess'])
      assert.equal(await make(other).open(sealed), undefined);
  });

  it('gives nothing when any part of the sealed bytes was changed or cut off', async () => {
    const passphrase = make('secret');
    const sealed = await passphrase.seal(bytes('profile'));
    for (const at of [0, 7, 8, 39, 40, 63, 64, 79, 80, sealed.length - 1]) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      assert.equal(await passphrase.open(changed), undefined, `byte ${at}`);
    }
    for (const length of [0, 7, 8, 79, sealed.length - 1]) {
      assert.equal(await passphrase.open(sealed.subarray(0, length)), undefined, `${length} bytes`);
    }
  });

  it('seals the same content differently each time, and derives a key only once', async () => {
    const passphrase = make('secret');
    const earlier = await make('secret').seal(bytes('from the last run'));
    const start = performance.now();
    await passphrase.open(earlier);
    const oneKeyMs = performance.now() - start;
    const sealed: Uint8Array[] = [];
    for (let i = 0; i < 50; i++) sealed.push(await passphrase.seal(bytes('profile')));
    const allMs = performance.now() - start - oneKeyMs;
    assert.equal(new Set(sealed.map((one) => Buffer.from(one).toString('hex'))).size, 50);
    for (const one of sealed) assert.deepEqual(one.subarray(8, 40), earlier.subarray(8, 40));
    assert.ok(allMs < 10 * oneKeyMs, `one key ${oneKeyMs} ms, fifty times sealed ${allMs} ms`);
  });

  it('does not hold up the event loop while a key is derived', async () => {
    let turns = 0;
    let done = false;
    const turn = () => {
      turns += 1;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await make('secret').seal(bytes('profile'));
    done = true;
    assert.ok(turns > 20, `${turns} turns`);
  });

  it('refuses an empty passphrase', () => {
    assert.throws(
      () => make(''),
      (error) => ToxAsyncError.is(error, 'ErrPassphrase'),
    );
  });

  it('shows neither itself nor its key', async () => {
    const passphrase = make('hunter2');
    await passphrase.seal(bytes('profile'));
    const shown = JSON.stringify({ passphrase }) + inspect({ passphrase }, { showHidden: true, depth: 10 });
    assert.doesNotMatch(shown, /hunter2|\d+, \d+, \d+|[0-9a-f]{16}/);
  });
});
