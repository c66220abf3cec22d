/**
 * What the parent process and its child, which alone touches libtoxcore, say to each other (framed-channel.ts). A friend is named by libtoxcore's number, and each of its connections by a number of
 * ours: what was meant for an ended connection is never sent on the next one.
 */
import type { ErrorCode } from '../../errors';
import type { PublicKey } from '../../types';
import type { CompleteSettings } from './toxcore-settings';

export type MessageKind = 'normal' | 'action';
export type UserStatus = 'available' | 'away' | 'busy';

/** Parent to child. 'open' is the first, 'stop' the last. */
export type Order =
  | { readonly kind: 'open'; readonly settings: CompleteSettings; readonly savedata: Uint8Array }
  | {
      readonly kind: 'packets';
      readonly friend: number;
      readonly link: number;
      /** See packet-batch.ts. */
      readonly packets: Uint8Array;
    }
  | {
      readonly kind: 'message';
      readonly friend: number;
      readonly link: number;
      readonly type: MessageKind;
      readonly text: string;
      readonly request: number;
    }
  | { readonly kind: 'call'; readonly request: number; readonly call: Call }
  | { readonly kind: 'stop' };

/** Changes of the profile; each is answered with the savedata that holds it. */
export type Call =
  | { readonly do: 'add-friend'; readonly address: Uint8Array; readonly message: string }
  | { readonly do: 'accept-friend'; readonly publicKey: PublicKey }
  | { readonly do: 'remove-friend'; readonly publicKey: PublicKey }
  | { readonly do: 'set-name'; readonly name: string }
  | { readonly do: 'set-status-message'; readonly text: string }
  | { readonly do: 'set-status'; readonly status: UserStatus }
  | { readonly do: 'set-nospam'; readonly nospam: Uint8Array };

/** Child to parent. */
export type Report =
  | {
      readonly kind: 'opened';
      /** Of libtoxcore, such as '0.2.18'. */
      readonly version: string;
      readonly profile: ProfileState;
    }
  /** 'open' or 'call' failed. */
  | { readonly kind: 'failed'; readonly request?: number; readonly code: ErrorCode; readonly text: string }
  | { readonly kind: 'answer'; readonly request: number; readonly savedata: Uint8Array }
  | { readonly kind: 'happened'; readonly events: readonly ChildEvent[] }
  /** The loop around libtoxcore turns. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'stopped'; readonly savedata: Uint8Array };

/** In the order in which they happened, as far as libtoxcore tells. */
export type ChildEvent =
  | { readonly what: 'self'; readonly online: boolean }
  /** `link` numbers the connection that began or ended. */
  | { readonly what: 'friend'; readonly friend: number; readonly link: number; readonly online: boolean }
  /** See packet-batch.ts. */
  | { readonly what: 'packets'; readonly friend: number; readonly packets: Uint8Array }
  /** libtoxcore took this many packets of ours. */
  | { readonly what: 'taken'; readonly friend: number; readonly link: number; readonly count: number }
  | { readonly what: 'message'; readonly friend: number; readonly type: MessageKind; readonly text: string }
  /** The end of a message of ours: confirmed by the friend's client, or lost with the connection. */
  | { readonly what: 'receipt'; readonly request: number; readonly confirmed: boolean }
  | { readonly what: 'request'; readonly publicKey: PublicKey; readonly text: string }
  | { readonly what: 'profile'; readonly profile: ProfileState };

/** What libtoxcore says of us and our friends. */
export interface ProfileState {
  /** Tox ID, 38 bytes. */
  readonly address: Uint8Array;
  readonly name: string;
  readonly statusMessage: string;
  readonly friends: readonly FriendState[];
}

export interface FriendState {
  readonly number: number;
  readonly publicKey: PublicKey;
  /** As the friend calls itself; empty before it was ever seen. */
  readonly name: string;
  readonly statusMessage: string;
  readonly status: UserStatus;
  /** Unix seconds by our wall clock, 0 = never. */
  readonly lastOnline: number;
}
