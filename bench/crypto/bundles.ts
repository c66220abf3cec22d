import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../lib/crypto/generate';
import { ForwardSecurityManager } from '../../lib/forward-security/forward-security-manager';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import { systemRandom } from '../../lib/platform/random';
import { median } from '../support/measure';
import type { Report } from '../support/report';
import { withDirectory } from '../support/scratch';

const ROUNDS = 15;

/** A full bundle of one-time keys for a new friend: made, durable, and encoded as an exchange. */
export async function bundles(): Promise<Report> {
  const crypto = chooseCryptoProvider();
  const times = await withDirectory('lmdb', async ({ store, vault, ages }) => {
    const { clock } = systemPlatform;
    const keyPair = generateKeyPair(crypto, systemRandom);
    const manager = await ForwardSecurityManager.create({
      crypto,
      random: systemRandom,
      clock,
      ages,
      keyPair,
      store,
      vault,
    });
    const taken: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const peer = generateKeyPair(crypto, systemRandom).publicKey;
      const start = performance.now();
      await manager.exchangePreKeys(peer);
      taken.push(performance.now() - start);
    }
    return taken;
  });
  const most = Math.max(...times);
  return {
    title: 'A bundle of one-time keys',
    about: `104 keys (100 and the reserve) generated, saved and encoded, ${ROUNDS} times, with ${crypto.name} and lmdb.`,
    columns: ['median', 'slowest', 'aim'],
    rows: [[`${median(times).toFixed(1)} ms`, `${most.toFixed(1)} ms`, 'under 25 ms']],
  };
}
