import { ByteSet } from '../../byte-map';
import { sameBytes } from '../../bytes';
import { PeerMap, PeerSet } from '../../peer-map';
import type { KeyPair, PublicKey } from '../../types';
import type { FleetBook } from './fleets/fleet-book';
import type { HealthBook } from './health-book';
import type { NodeRecords } from './node-records';
import type { Candidate, Placement } from './placement';
import type { SharedStores } from './fleets/shared-stores';
import type { WithheldMail } from './withheld-mail';

/** Recipients whose nodes are kept in order. */
const MAX_KEPT = 256;

/** An envelope that nodes are chosen for. */
export interface PlacedMail {
  readonly sealed?: { readonly storageId: Uint8Array };
  readonly copies: readonly { readonly node: PublicKey }[];
}

export interface NodeChoiceComponents {
  readonly records: Pick<NodeRecords, 'all' | 'get'>;
  readonly placement: Placement;
  readonly withheld: Pick<WithheldMail, 'isSuspected'>;
  readonly fleets: Pick<FleetBook, 'fleetOf' | 'isFormer'>;
  readonly stores: Pick<SharedStores, 'isNamed'>;
  readonly health: Pick<HealthBook, 'answersWithin' | 'gradeOf'>;
}

export interface NodeChoiceInit {
  readonly identity: Pick<KeyPair, 'publicKey'>;
  /** Whether there is a session with this peer now. */
  readonly connected: (peer: PublicKey) => boolean;
}

/**
 * Nodes for the mail of each recipient, in order (docs/PROTOCOL.md, "Which nodes"). The order is made once and serves
 * every message until something that it depends on changes.
 */
export class NodeChoice {
  readonly #components: NodeChoiceComponents;
  readonly #init: NodeChoiceInit;
  readonly #ordered = new PeerMap<Candidate[]>();

  constructor(components: NodeChoiceComponents, init: NodeChoiceInit) {
    this.#components = components;
    this.#init = init;
  }

  /** A node came or went, its grade changed, or a recipient names other nodes. */
  noteChange(): void {
    this.#ordered.clear();
  }

  /** The best first; for mail that lies on nodes, those that never had it before their equals. */
  candidates(recipient: PublicKey, mail?: PlacedMail): PublicKey[] {
    const { placement, withheld } = this.#components;
    const here = this.#orderFor(recipient).filter(({ peer }) => this.#init.connected(peer));
    if (mail === undefined) return peersOf(here);
    const ordered = mail.copies.length === 0 ? here : this.#forRenewal(here, mail.copies);
    if (!mail.sealed || !withheld.isSuspected(recipient)) return peersOf(ordered);
    const polled = ordered.filter((candidate) => candidate.polled);
    const first = placement.draw(mail.sealed.storageId, polled);
    return peersOf(first ? [first, ...ordered.filter((each) => each !== first)] : ordered);
  }

  /** Among equals, those that never had it first, and of these the quicker. */
  #forRenewal(candidates: readonly Candidate[], copies: PlacedMail['copies']): Candidate[] {
    const { health } = this.#components;
    const had = new PeerSet(copies.map(({ node }) => node));
    const rank = ({ peer, polled, grade }: Candidate) => (polled ? 0 : 6) + 2 * grade + Number(had.has(peer));
    const ranked = candidates.map((candidate) => ({
      candidate,
      rank: rank(candidate),
      within: Math.min(health.answersWithin(candidate.peer), Number.MAX_VALUE),
    }));
    return ranked.sort((a, b) => a.rank - b.rank || a.within - b.within).map(({ candidate }) => candidate);
  }

  #orderFor(recipient: PublicKey): Candidate[] {
    if (this.#ordered.size >= MAX_KEPT) this.#ordered.clear();
    return this.#ordered.getOrInsert(recipient, () => this.#order(recipient));
  }

  /** Never ourselves nor the recipient, only peers with a session who accept stores. */
  #order(recipient: PublicKey): Candidate[] {
    const { records, placement, fleets, stores, health } = this.#components;
    const { identity, connected } = this.#init;
    const hints = new ByteSet(records.get(recipient)?.hints);
    const nodes = records
      .all()
      .filter(({ peer, record }) => record.acceptsStores && connected(peer))
      .filter(({ peer }) => !sameBytes(peer, identity.publicKey) && !sameBytes(peer, recipient))
      .map(({ peer }) => ({
        peer,
        isNamed: hints.has(placement.hintOf(recipient, peer)),
        grade: health.gradeOf(peer),
      }))
      // What one that left its fleet keeps reaches only those who ask it.
      .filter(({ peer, isNamed }) => isNamed || !fleets.isFormer(peer))
      .map(({ peer, isNamed, grade }) => {
        const fleet = fleets.fleetOf(peer);
        return { peer, polled: isNamed || (fleet !== undefined && stores.isNamed(recipient, fleet)), grade };
      });
    return placement.sort(recipient, nodes);
  }
}

function peersOf(candidates: readonly Candidate[]): PublicKey[] {
  return candidates.map(({ peer }) => peer);
}
