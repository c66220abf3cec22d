import { compareBytes, concat } from '../../bytes';
import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import { PeerMap } from '../../peer-map';
import { mailboxOf, nodeHint } from '../../protocol/names';
import type { KeyPair, PublicKey } from '../../types';
import type { HealthGrade } from './node-health';

/** Names that are kept, of all recipients and nodes together; a quarter of a kilobyte each. */
const MAX_NAMES = 16_384;

/** A node that could keep mail for a recipient, and what decides about its place. */
export interface Candidate {
  readonly peer: PublicKey;
  /** The recipient says that it asks this node for its mail. */
  readonly polled: boolean;
  readonly grade: HealthGrade;
}

interface Names {
  readonly hint: Uint8Array;
  readonly rank: Uint8Array;
}

/**
 * The order of storage nodes (docs/PROTOCOL.md, "Which nodes"). Equals are ordered by a secret of ours, so that nobody
 * can make keys that come first: with a public order, three nodes whose keys were ground took every copy of a mailbox.
 * The secret is made from the identity's, so that the order is the same after a restart; it never leaves.
 */
export class Placement {
  readonly #crypto: CryptoProvider;
  readonly #secret: Uint8Array;
  /** By recipient, then by node: each is hashed once. */
  readonly #names = new PeerMap<PeerMap<Names>>();
  #count = 0;

  constructor({ crypto, identity }: { crypto: CryptoProvider; identity: KeyPair }) {
    this.#crypto = crypto;
    this.#secret = labelledHash(crypto, 'placement', identity.secretKey);
  }

  /** The name by which the recipient's `state` would list this node. */
  hintOf(recipient: PublicKey, node: PublicKey): Uint8Array {
    return this.#namesOf(recipient, node).hint;
  }

  /** The best first. */
  sort(recipient: PublicKey, candidates: Candidate[]): Candidate[] {
    const rank = ({ peer }: Candidate) => this.#namesOf(recipient, peer).rank;
    return candidates.sort(
      (a, b) => Number(b.polled) - Number(a.polled) || a.grade - b.grade || compareBytes(rank(a), rank(b)),
    );
  }

  /** One of them by lot; the same one for the same envelope as long as it is among them. */
  draw(storageId: Uint8Array, candidates: readonly Candidate[]): Candidate | undefined {
    const lots = candidates.map((candidate) => ({
      candidate,
      lot: this.#crypto.hmacSha256(this.#secret, concat(storageId, candidate.peer)),
    }));
    return lots.sort((a, b) => compareBytes(a.lot, b.lot))[0]?.candidate;
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#count -= this.#names.get(peer)?.size ?? 0;
    this.#names.delete(peer);
    for (const nodes of this.#names.values()) if (nodes.delete(peer)) this.#count -= 1;
  }

  #namesOf(recipient: PublicKey, node: PublicKey): Names {
    const known = this.#names.get(recipient)?.get(node);
    if (known !== undefined) return known;
    if (this.#count >= MAX_NAMES) {
      this.#names.clear();
      this.#count = 0;
    }
    const mailbox = mailboxOf(this.#crypto, recipient);
    const names = {
      hint: nodeHint(this.#crypto, recipient, node),
      rank: this.#crypto.hmacSha256(this.#secret, concat(mailbox, node)),
    };
    this.#names.getOrInsert(recipient, () => new PeerMap()).set(node, names);
    this.#count += 1;
    return names;
  }
}
