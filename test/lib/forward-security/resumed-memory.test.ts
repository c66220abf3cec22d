import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { hedgedRandom } from '../../../lib/crypto/hedged-random';
import { readEnvelopeHeader } from '../../../lib/protocol/envelope/envelope';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { SeededRandom, SimulatedTime } from '../../../lib/testing/simulated-platform';
import { boxUnderSlot } from '../../../lib/store/vault/slot-box';
import { openVault } from '../../../lib/store/vault/file-vault';
import { pair } from './support/key-peer';

const crypto = chooseCryptoProvider();
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('a memory that was saved and resumed twice', () => {
  /** What each run seals to the same key, with all that is random the same. */
  async function sealed(text: string, lifetime = 60) {
    const { alice, bob } = await pair('snapshot');
    await bob.giveKeys(alice);
    const messageId = new Uint8Array(32).fill(1);
    const { envelope, nonce, tag } = await alice.fsm.sendForwardSecureMessage(bob.pk, utf8(text), 0, {
      messageId,
      lifetime,
    });
    return { envelope, nonce, tag, ephemeral: readEnvelopeHeader(envelope).ephemeral };
  }

  it('seals the same message to the same bytes: both runs draw the same', async () => {
    assert.deepEqual((await sealed('one')).envelope, (await sealed('one')).envelope);
  });

  for (const [what, other] of [
    ['another text', () => sealed('two')],
    ['another lifetime', () => sealed('one', 61)],
  ] as const) {
    it(`seals ${what} with another ephemeral key and other nonces`, async () => {
      const [one, two] = [await sealed('one'), await other()];
      assert.deepEqual(one.tag, two.tag, 'to the same key');
      assert.notDeepEqual(one.ephemeral, two.ephemeral);
      assert.notDeepEqual(one.nonce, two.nonce);
    });
  }

  it('seals two records under one slot with two nonces', () => {
    const slot = () => new Uint8Array(32).fill(3);
    const [one, two] = ['one', 'two'].map((text) => boxUnderSlot(crypto, slot(), utf8(text)));
    assert.ok(one && two);
    assert.notDeepEqual(one.subarray(0, 24), two.subarray(0, 24));
    assert.deepEqual(boxUnderSlot(crypto, slot(), utf8('one')), one);
  });

  it('puts other secrets into the vault', async () => {
    const at = async (seconds: number) => {
      const time = new SimulatedTime();
      const random = hedgedRandom({ crypto, random: new SeededRandom('vault'), clock: time.clock });
      await time.advance(seconds * 1000);
      const disk = new MemoryDisk();
      await disk.makeFolder('/data');
      const store = openMemoryStore(new MemoryVolume());
      const vault = await openVault({
        disk,
        path: '/data/vault',
        store,
        random,
        crypto,
        timers: time.timers,
        prepared: 0,
      });
      return (await vault.allocate(3)).map(({ secret }) => Buffer.from(secret).toString('hex'));
    };
    const [one, again, later] = [await at(0), await at(0), await at(1)];
    assert.deepEqual(one, again, 'both runs draw the same');
    assert.equal(new Set([...one, ...later]).size, 6);
  });
});
