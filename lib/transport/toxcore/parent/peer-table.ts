import { copyOf } from '../../../bytes';
import { PeerMap, PeerSet } from '../../../peer-map';
import type { PublicKey } from '../../../types';
import type { FriendDetails } from '../../friend-transport';
import type { FriendState } from '../process-messages';
import { PeerLink, type SendOrder } from './peer-link';

/** All friends as libtoxcore names them: by key, and by the number that holds while its process runs. */
export class PeerTable {
  readonly #send: SendOrder;
  readonly #byKey = new PeerMap<PeerLink>();
  readonly #byNumber = new Map<number, PeerLink>();

  constructor(send: SendOrder) {
    this.#send = send;
  }

  get(publicKey: PublicKey): PeerLink | undefined {
    return this.#byKey.get(publicKey);
  }

  numbered(number: number): PeerLink | undefined {
    return this.#byNumber.get(number);
  }

  keys(): PublicKey[] {
    return [...this.#byKey.keys()];
  }

  details(): FriendDetails[] {
    return [...this.#byKey.values()].map(({ state, online }) => ({
      publicKey: copyOf(state.publicKey),
      online,
      ownName: state.name,
      statusMessage: state.statusMessage,
      status: state.status,
      lastOnline: state.lastOnline === 0 ? undefined : state.lastOnline * 1000,
    }));
  }

  /** The friends of a profile, before libtoxcore has said more of them. */
  beginWith(friends: readonly { readonly publicKey: PublicKey }[]): void {
    this.update(
      friends.map(({ publicKey }, number) => ({
        number,
        publicKey,
        name: '',
        statusMessage: '',
        status: 'available',
        lastOnline: 0,
      })),
    );
  }

  /** Takes the list over; true when the set of friends is another. Links of friends who stay go on. */
  update(friends: readonly FriendState[]): boolean {
    let changed = false;
    const listed = new PeerSet(friends.map(({ publicKey }) => publicKey));
    for (const key of this.#byKey.keys()) if (!listed.has(key)) changed = this.#byKey.delete(key);
    this.#byNumber.clear();
    for (const state of friends) {
      const peer = this.#byKey.getOrInsert(state.publicKey, () => {
        changed = true;
        return new PeerLink(state, this.#send);
      });
      // A new process begins with what was saved, which may be older than what the last one said.
      peer.state = { ...state, lastOnline: Math.max(state.lastOnline, peer.state.lastOnline) };
      this.#byNumber.set(state.number, peer);
    }
    return changed;
  }

  /** The process is gone and every connection with it; who was connected. */
  disconnectAll(): PublicKey[] {
    const online = [...this.#byKey.values()].filter((peer) => peer.online);
    for (const peer of online) peer.disconnected();
    return online.map(({ state }) => state.publicKey);
  }
}
