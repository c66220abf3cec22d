import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import { SimulatedTime, SeededRandom } from '../../../../lib/testing/simulated-platform';
import { silentLogger } from '../../../../lib/types';
import { MemoryDirectory } from '../../../support/memory-directory';
import { friendRecord, keys, savedata, section } from '../../identity/support/savedata';

const crypto = createPortableProvider();
const pairOf = (word: string) => crypto.keyPairFromSecret(crypto.sha256(new TextEncoder().encode(word)));
const HEX = 'deadbeef'.repeat(12);

/** Nicknames as a profile may have them: [what, bytes, the name that is left]. */
const NICKNAMES: readonly (readonly [string, Uint8Array | string, string | undefined])[] = [
  ['an ordinary one', 'Anna', 'Anna'],
  ['blanks', '   ', undefined],
  ['control characters', 'A\u0001\u0002na', 'A na'],
  ['only control characters', '\u0001\u0002', undefined],
  ['a NUL', 'An\0na', 'An na'],
  ['48 digits', HEX.slice(0, 48), undefined],
  ['64 digits', HEX.slice(0, 64), undefined],
  ['76 digits', HEX.slice(0, 76), undefined],
  ['no UTF-8', new Uint8Array([0xff, 0xfe]), undefined],
  ['UTF-8 that is cut off', Buffer.from('Zoë').subarray(0, 3), 'Zo'],
  ['invisible characters', '\u200b\u2060', undefined],
  ['another order of reading', '\u202eannA', 'annA'],
];

describe('the friends that a Tox profile brings along', () => {
  const own = pairOf('otto');
  const friends = NICKNAMES.map(([, name], i) => ({
    status: 3,
    publicKey: pairOf(`friend ${i}`).publicKey,
    name,
  }));

  async function open(profile: Uint8Array) {
    const { clock, timers } = new SimulatedTime();
    const memory = new MemoryDirectory();
    const platform = { clock, timers, random: new SeededRandom('adopted'), disk: memory.disk };
    const warnings: string[] = [];
    const manager = await AsyncManager.create({
      dataDir: '/data',
      directory: await memory.open(platform, crypto),
      platform,
      crypto,
      profile,
      log: { ...silentLogger, warn: (text) => warnings.push(text) },
      diskSpace: () => Promise.resolve({ freeBytes: 1e11 }),
    });
    return { manager, warnings };
  }
  const profileWith = (records: readonly Uint8Array[]) =>
    savedata(keys(new Uint8Array(4), own.publicKey, own.secretKey), section(3, Buffer.concat(records)));

  NICKNAMES.forEach(([what, , left], i) => {
    it(`are all there when one has a nickname of ${what}`, async () => {
      const publicKey = friends[i]!.publicKey;
      const other = { status: 3, publicKey: pairOf('other').publicKey, name: 'Other' };
      const { manager, warnings } = await open(profileWith([friendRecord(friends[i]!), friendRecord(other)]));
      assert.equal(manager.friends().length, 2);
      assert.equal(manager.nameOf(publicKey), left);
      const named = warnings.filter((text) => text.includes(toHex(publicKey).slice(0, 8).toUpperCase()));
      assert.equal(
        named.length,
        left === undefined ? 1 : 0,
        'the log names the friend whose name was dropped',
      );
      await manager.stop();
    });
  });

  it('are all there but one whose key nobody can have, or that is our own', async () => {
    const bad = [new Uint8Array(32), new Uint8Array(32).fill(0xff), own.publicKey];
    const records = bad.map((publicKey) => friendRecord({ status: 3, publicKey, name: 'Bad' }));
    const { manager, warnings } = await open(profileWith([...records, friendRecord(friends[0]!)]));
    assert.deepEqual(
      manager.friends().map(({ name }) => name),
      ['Anna'],
    );
    assert.equal(warnings.length, 3);
    await manager.stop();
  });
});
