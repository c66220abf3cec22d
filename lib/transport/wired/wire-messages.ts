/**
 * The messages between the bridge and a foreign transport (docs/WIRING.md, "Bridge"). They have the form of a flow's
 * messages: an object with `topic`, and friends by public key as 64 digits.
 */
import type { PublicKey } from '../../types';

/** What a foreign transport can do beyond packets and status; it names them in `tox/state`. */
export const WIRE_ABILITIES = ['tox/message', 'tox/busy', 'tox/request', 'tox/add-friend'] as const;
/** One of WIRE_ABILITIES. */
export type WireAbility = (typeof WIRE_ABILITIES)[number];

/** From the bridge to the foreign transport. */
export type ToForeign =
  /**
   * Who are you, and who is there? Answered with `tox/state` and the same `session`. `self` is our key, for a transport
   * that has no identity of its own.
   */
  | { readonly topic: 'tox/sync'; readonly session: string; readonly self: string }
  /** One lossless custom packet of 1..1373 bytes for a friend who is online. */
  | { readonly topic: 'tox/packet'; readonly friend: string; readonly payload: Uint8Array }
  /** An ordinary Tox message; answered with `tox/receipt` and the same `messageId`. */
  | {
      readonly topic: 'tox/message';
      readonly friend: string;
      readonly payload: string;
      readonly messageType: 'normal' | 'action';
      readonly messageId: string;
    }
  /** Make this key a friend: by a request to its Tox ID when there is one, else without a request. */
  | { readonly topic: 'tox/add-friend'; readonly friend: string; readonly toxId?: string };

/** From the foreign transport to the bridge, checked. */
export type FromForeign =
  | {
      readonly topic: 'tox/state';
      readonly session: string;
      readonly self: PublicKey;
      readonly online: boolean;
      readonly friends: readonly { readonly publicKey: PublicKey; readonly online: boolean }[];
      readonly can: readonly WireAbility[];
    }
  | { readonly topic: 'tox/status'; readonly friend: PublicKey; readonly online: boolean }
  | { readonly topic: 'tox/packet'; readonly friend: PublicKey; readonly packet: Uint8Array }
  | {
      readonly topic: 'tox/message';
      readonly friend: PublicKey;
      readonly type: 'normal' | 'action';
      readonly text: string;
    }
  | { readonly topic: 'tox/receipt'; readonly messageId: string; readonly confirmed: boolean }
  | { readonly topic: 'tox/busy'; readonly friend: PublicKey; readonly busy: boolean }
  | { readonly topic: 'tox/request'; readonly publicKey: PublicKey; readonly text: string };
