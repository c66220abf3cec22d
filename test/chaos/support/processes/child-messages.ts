import type { FaultPlan } from '../life';

/** One identity of a process that will be killed. */
export interface ChildDevice {
  readonly name: string;
  /** Its data directory. */
  readonly folder: string;
  readonly engine: 'lmdb' | 'nedb';
}

/** Where one of a process's devices is to end it. */
export interface ChildPlan extends FaultPlan {
  readonly device: string;
}

/** Parent to child, lines of JSON; keys are hexadecimal, packets base64. */
export type ToChild =
  | {
      readonly kind: 'open';
      readonly epoch: number;
      readonly devices: readonly ChildDevice[];
      readonly plan: ChildPlan | undefined;
    }
  | ({ readonly device: string } & ToDevice);

export type ToDevice =
  | { readonly kind: 'self'; readonly online: boolean }
  | { readonly kind: 'friends'; readonly friends: readonly { key: string; name: string }[] }
  | { readonly kind: 'friend'; readonly friend: string; readonly online: boolean }
  | { readonly kind: 'packet'; readonly friend: string; readonly packet: string }
  | { readonly kind: 'send'; readonly to: string; readonly text: string }
  | { readonly kind: 'report' };

/** Child to parent, each written before the child goes on: what the dead one said stays said. */
export type FromChild =
  | { readonly kind: 'ready' }
  /** It dies now, at the planned step. */
  | { readonly kind: 'dies' }
  | ({ readonly device: string } & FromDevice);

export type FromDevice =
  | { readonly kind: 'join'; readonly key: string }
  | { readonly kind: 'started' }
  | { readonly kind: 'packet'; readonly friend: string; readonly packet: string }
  | { readonly kind: 'envelope'; readonly envelope: string }
  | { readonly kind: 'accepted'; readonly text: string; readonly id: string }
  | { readonly kind: 'refused'; readonly text: string; readonly error: string }
  | { readonly kind: 'handed'; readonly text: string; readonly id: string; readonly redelivered: boolean }
  | { readonly kind: 'outcome'; readonly id: string; readonly state: string }
  /** A warning, an error, or an event that no crash may cause. */
  | { readonly kind: 'trouble'; readonly text: string }
  | {
      readonly kind: 'report';
      /** Tables that should be empty and are not. */
      readonly leftovers: readonly string[];
      readonly keys: readonly { friend: string; held: number; issued: number }[];
    };

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
