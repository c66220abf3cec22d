import type { PeerNetwork } from '../../network/peer-network';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { Timer, Timers } from '../../platform/timers';
import type { FleetCertificate } from '../../protocol/fleet/certificate';
import type { PublicKey } from '../../types';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { Wakeup } from '../wakeup';
import type { Meetings } from './meetings';

export interface FleetWordComponents {
  readonly network: Pick<PeerNetwork, 'isProven' | 'send' | 'sessions'>;
  readonly nodes: Pick<StorageNodes, 'fleets' | 'noteFleetChange'>;
  readonly meetings: Pick<Meetings, 'tellNewNodes'>;
  readonly wakeup: Pick<Wakeup, 'all'>;
  readonly queues: KeyedQueue;
  /** Durable seconds. */
  readonly ages: { now(): number };
  readonly timers: Timers;
}

/** What storage nodes say of the fleet that they belong to, and for how long that holds. */
export class FleetWord {
  readonly #components: FleetWordComponents;
  #own: FleetCertificate | undefined;
  #end: Timer | undefined;
  #running = false;

  constructor(components: FleetWordComponents) {
    this.#components = components;
  }

  start(): void {
    this.#running = true;
    this.#awaitEnd();
  }

  stop(): void {
    this.#running = false;
    this.#end?.cancel();
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
    if (!this.#components.nodes.fleets.note(peer, certificate)) return;
    this.#tellChange();
    this.#awaitEnd();
  }

  /** A certificate ends without a word: what depends on it is looked at in that moment. */
  #awaitEnd(): void {
    const { nodes, ages, timers } = this.#components;
    this.#end?.cancel();
    const end = nodes.fleets.nextEnd();
    if (end === undefined || !this.#running) return;
    this.#end = timers.after((end - ages.now()) * 1000, () => {
      // The clock of ages may be a little behind.
      if (end <= ages.now()) this.#tellChange();
      this.#awaitEnd();
    });
  }

  #tellChange(): void {
    const { nodes, meetings, wakeup } = this.#components;
    nodes.noteFleetChange();
    meetings.tellNewNodes();
    wakeup.all();
  }
}
