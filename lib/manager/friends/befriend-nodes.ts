import { copyOf } from '../../bytes';
import type { OpenNodeAddress } from '../../client/storage-nodes/open-node-address';
import type { StorageNodes } from '../../client/storage-nodes/storage-nodes';
import type { FriendBook } from '../../identity/friend-book';
import { shortKey } from '../../identity/short-key';
import { PeerMap } from '../../peer-map';
import type { Emitter } from '../../platform/emitter';
import type { Store } from '../../store/store';
import { Table } from '../../store/table';
import type { Logger, PublicKey } from '../../types';
import type { AsyncManagerEvents } from '../events';

/** Nodes that one friend leads us to, and all friends together: a friend may name nodes of an attacker's. */
const MOST_OF_FRIEND = 4;
const MOST = 16;
const GREETING = 'Hello! A friend of mine fetches mail from you, and I would like to leave messages there.';

export interface BefriendNodesComponents {
  readonly store: Store;
  readonly events: Emitter<AsyncManagerEvents>;
  readonly friends: Pick<FriendBook, 'has' | 'list'>;
  readonly nodes: Pick<StorageNodes, 'openNodesOf'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Sends a friend request. False where that is not possible now. */
export type RequestFriend = (toxId: string, greeting: string) => Promise<boolean>;

/**
 * Befriends the open storage nodes that friends fetch mail from: mail left there reaches them. One that the user removed
 * is not befriended again, and nodes that became friends so lead to no others.
 */
export class BefriendNodes {
  readonly #components: BefriendNodesComponents;
  readonly #request: RequestFriend;
  /** By node: whose suggestion it was. */
  readonly #table: Table<{ readonly friend: PublicKey }>;
  #looking: Promise<void> = Promise.resolve();

  constructor(components: BefriendNodesComponents, request: RequestFriend) {
    this.#components = components;
    this.#request = request;
    this.#table = new Table(components.store, 'befriended-node');
  }

  /** From now on each suggestion is followed, and again what could not be when we come online. */
  follow(): void {
    const { events } = this.#components;
    events.on('node-suggested', () => void this.look());
    events.on('transport-status', ({ online }) => {
      if (online) void this.look();
    });
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#befriendAll());
    return this.#looking;
  }

  async #befriendAll(): Promise<void> {
    const { friends, nodes, log } = this.#components;
    for (const { publicKey: friend } of friends.list()) {
      for (const node of nodes.openNodesOf(friend)) {
        try {
          if (this.#isWanted(friend, node.publicKey)) await this.#befriend(friend, node);
        } catch (error) {
          log.warn(
            `The open storage node ${shortKey(node.publicKey)} could not be befriended: ${String(error)}`,
          );
        }
      }
    }
  }

  #isWanted(friend: PublicKey, node: PublicKey): boolean {
    if (this.#components.friends.has(node)) return false;
    if (this.#table.get(friend) !== undefined || this.#table.get(node) !== undefined) return false;
    const counts = this.#counts();
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return all < MOST && (counts.get(friend) ?? 0) < MOST_OF_FRIEND;
  }

  async #befriend(friend: PublicKey, { publicKey, toxId }: OpenNodeAddress): Promise<void> {
    const { store, log } = this.#components;
    if (!(await this.#request(toxId, GREETING))) return;
    const writes = store.batch();
    this.#table.put(writes, [publicKey], { friend: copyOf(friend) });
    await writes.commit();
    log.info(
      `The open storage node ${shortKey(publicKey)} was sent a friend request: ${shortKey(friend)} fetches mail from it.`,
    );
  }

  /** Nodes that are friends so, by whose suggestion they were. */
  #counts(): PeerMap<number> {
    const counts = new PeerMap<number>();
    for (const { rest, record } of this.#table.soundEntries()) {
      if (record === undefined || !this.#components.friends.has(rest)) continue;
      counts.set(record.friend, (counts.get(record.friend) ?? 0) + 1);
    }
    return counts;
  }
}
