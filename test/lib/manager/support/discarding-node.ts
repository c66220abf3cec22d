import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { PeerNetwork } from '../../../../lib/network/peer-network';
import { storageIdOf } from '../../../../lib/protocol/names';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { silentLogger, type PublicKey } from '../../../../lib/types';
import type { World } from '../../../support/world';

const crypto = chooseCryptoProvider();
const DAY = 24 * 60 * 60;

/** A friend of all that acknowledges all mail and keeps none. */
export class DiscardingNode {
  /** Deposits that it acknowledged. */
  taken = 0;
  readonly #network: PeerNetwork;

  private constructor(network: PeerNetwork) {
    this.#network = network;
    network.events.on('session', ({ peer }) => {
      network.send(peer, { kind: 'receipts-confirmed', messageIds: [new Uint8Array(32)] });
    });
    network.events.on('message', ({ peer, message }) => this.#answer(peer, message));
  }

  static async join({ time, random, network: virtual }: World, name: string): Promise<DiscardingNode> {
    const identity = crypto.keyPairFromSecret(random.bytes(32));
    const network = new PeerNetwork({
      crypto,
      clock: time.clock,
      timers: time.timers,
      random,
      identity,
      flagsFor: () => ({ acceptsStores: true, openNode: false }),
      hasSpoken: () => true,
      allowsPlain: () => false,
      log: silentLogger,
    });
    const node = new DiscardingNode(network);
    await network.attach(virtual.join({ publicKey: identity.publicKey, name }));
    return node;
  }

  stop(): Promise<void> {
    return this.#network.detach();
  }

  #answer(peer: PublicKey, message: SessionMessage): void {
    if (message.kind === 'store') {
      this.taken += 1;
      const { request, envelope, remaining } = message;
      const storageId = storageIdOf(crypto, envelope);
      const kept = Math.min(remaining, DAY);
      this.#network.send(peer, { kind: 'store-answer', request, code: 'ok', storageId, kept, wait: 0 });
    } else if (message.kind === 'list') {
      const { request } = message;
      this.#network.send(peer, { kind: 'list-answer', request, code: 'ok', more: false, items: [] });
    }
  }
}
