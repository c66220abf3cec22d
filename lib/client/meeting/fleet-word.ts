import type { PeerNetwork } from '../../network/peer-network';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { FleetCertificate } from '../../protocol/fleet/certificate';
import type { PublicKey } from '../../types';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { Wakeup } from '../wakeup';
import type { Meetings } from './meetings';

export interface FleetWordComponents {
  readonly network: Pick<PeerNetwork, 'isProven' | 'send' | 'sessions'>;
  readonly nodes: Pick<StorageNodes, 'noteCertificate'>;
  readonly meetings: Pick<Meetings, 'tellNewNodes'>;
  readonly wakeup: Pick<Wakeup, 'all'>;
  readonly queues: KeyedQueue;
}

/** What storage nodes say of the fleet that they belong to. */
export class FleetWord {
  readonly #components: FleetWordComponents;
  #own: FleetCertificate | undefined;

  constructor(components: FleetWordComponents) {
    this.#components = components;
  }

  /** Ours, which everybody hears who has a session now, and everybody later; undefined: we belong to no fleet. */
  setOwn(certificate: FleetCertificate | undefined): void {
    this.#own = certificate;
    for (const peer of this.#components.network.sessions()) this.tell(peer);
  }

  /** In a proven session; never before the first state. */
  tell(peer: PublicKey): void {
    const { network, queues } = this.#components;
    void queues.run(peer, () => {
      const certificate = this.#own;
      if (certificate !== undefined && network.isProven(peer))
        network.send(peer, { kind: 'fleet', certificate });
      return Promise.resolve();
    });
  }

  /** The peer says so of itself. */
  take(peer: PublicKey, certificate: FleetCertificate): void {
    const { nodes, meetings, wakeup } = this.#components;
    if (!nodes.noteCertificate(peer, certificate)) return;
    meetings.tellNewNodes();
    wakeup.all();
  }
}
