import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { PeerNetwork } from '../../../lib/network/peer-network';
import { silentLogger, type PublicKey } from '../../../lib/types';
import type { World } from '../../support/world';

const crypto = chooseCryptoProvider();

/** A friend of all who delivers and deposits other people's envelopes again, and forged ones. */
export class Meddler {
  readonly #network: PeerNetwork;

  private constructor(network: PeerNetwork) {
    this.#network = network;
  }

  static async join(world: World): Promise<Meddler> {
    const { time, random } = world;
    const identity = crypto.keyPairFromSecret(random.bytes(32));
    const network = new PeerNetwork({
      crypto,
      clock: time.clock,
      timers: time.timers,
      random,
      identity,
      flagsFor: () => ({ acceptsStores: false, openNode: false }),
      hasSpoken: () => true,
      allowsPlain: () => false,
      log: silentLogger,
    });
    await network.attach(world.network.join({ publicKey: identity.publicKey, name: 'Mallory' }));
    return new Meddler(network);
  }

  /** Not awaited: whatever becomes of it. */
  deliver(to: PublicKey, envelope: Uint8Array): void {
    this.#network.request(to, { kind: 'deliver', envelope }).catch(() => undefined);
  }

  deposit(node: PublicKey, envelope: Uint8Array): void {
    this.#network.request(node, { kind: 'store', remaining: 3600, envelope }).catch(() => undefined);
  }

  stop(): Promise<void> {
    return this.#network.detach();
  }
}
