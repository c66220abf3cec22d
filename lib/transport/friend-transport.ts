import type { Emitter } from '../platform/emitter';
import type { PublicKey } from '../types';
import type { Transport } from './transport';

/** What a friend's client says of its user. */
export type UserStatus = 'available' | 'away' | 'busy';

/** A transport whose friends are made and unmade on the network itself, as on Tox. */
export interface FriendTransport extends Transport {
  readonly events: Emitter<FriendTransportEvents>;
  /** 76 digits, for others to add. */
  readonly toxId: string;
  /**
   * Goes online or offline cleanly while attached, and stays so through `stop` and `start`.
   * @throws as `start`; call it again then
   */
  setOnline(online: boolean): Promise<void>;
  /**
   * Sends a friend request, and treats the other as a friend from now on. Durable when it resolves. Somebody who
   * is a friend already is not asked again.
   * @param message 1..1016 bytes of UTF-8
   * @throws ErrInvalidToxId, ErrInvalidKey, ErrInvalidRecipient (our own ID), ErrInvalidArgument, ErrNotConnected
   *   (the transport does not run), ErrStore, ErrLocalStorageFull
   */
  addFriend(toxId: string, message: string): Promise<PublicKey>;
  /** Makes somebody a friend without a request: who asked us, or has our key from elsewhere. Durable. */
  acceptFriend(publicKey: PublicKey): Promise<void>;
  /** Does nothing if they are not a friend. Durable. */
  removeFriend(publicKey: PublicKey): Promise<void>;
  /** At most 128 bytes of UTF-8; shown to friends. Durable. */
  setName(name: string): Promise<void>;
  /** At most 1007 bytes of UTF-8; shown to friends. Durable. */
  setStatusMessage(text: string): Promise<void>;
  /** Lasts until the transport stops. */
  setStatus(status: UserStatus): Promise<void>;
  /** Changes the Tox ID: requests to the old one are no longer seen. 4 bytes. Durable. */
  setNospam(nospam: Uint8Array): Promise<void>;
  details(): readonly FriendDetails[];
}

/** What a friend says of itself, as last seen. */
export interface FriendDetails {
  readonly publicKey: PublicKey;
  readonly online: boolean;
  /** The name the friend chose: anyone may take any name. Empty if never seen. */
  readonly ownName: string;
  readonly statusMessage: string;
  readonly status: UserStatus;
  /** Unix milliseconds by our wall clock; undefined if never seen. */
  readonly lastOnline: number | undefined;
}

/** What a friend transport tells; names are stable. */
export type FriendTransportEvents = {
  'friend-request': { readonly publicKey: PublicKey; readonly message: string };
  /** A friend's own name, status message or status, or our Tox ID, changed. */
  details: undefined;
  /** The network's part outside this process failed (`reason`) and is started again, or runs again. */
  restarting: { readonly reason: string; readonly waitMs: number };
  running: undefined;
};

/** Whether friends are made and unmade on this transport's network. */
export function isFriendTransport(transport: Transport): transport is FriendTransport {
  return 'acceptFriend' in transport;
}
