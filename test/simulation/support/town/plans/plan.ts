import type { SendOptions } from '../../../../../lib/client/messages';
import type { FaultPoint } from '../../../../chaos/support/life';

/** What a storage node does that does not keep its promises. */
export const LIES = ['drop', 'delay', 'deny', 'alter', 'replay', 'full', 'discard'] as const;
export type Lie = (typeof LIES)[number];

/** One identity of a town, by its place in the list. */
export interface Resident {
  readonly name: string;
  /** A user sends and receives; a node stores, and so does a user whose `stores` is true. */
  readonly kind: 'user' | 'node';
  readonly stores: boolean;
  /** The node does this in place of its work. */
  readonly lie?: Lie;
  /** Its wall clock differs by so many milliseconds from the others'. */
  readonly skew: number;
  /** Bytes of mail it keeps for others. */
  readonly capBytes: number;
  /** Messages that its outbox takes, where they are fewer than usual. */
  readonly outbox?: number;
  /** It was left out of the plan and keeps its number. */
  readonly absent?: true;
}

/** Something that happens at a moment, milliseconds from the start. Residents are numbers. */
export type Incident = { readonly at: number } & (
  | {
      readonly kind: 'send';
      readonly who: number;
      readonly to: number;
      readonly bytes: number;
      /** Seconds. */
      readonly lifetime: number;
      readonly options?: Pick<SendOptions, 'replaces' | 'whenFull' | 'overdueAfter' | 'urgent'>;
    }
  /** The newest message of `who` to `to` that has not ended. */
  | { readonly kind: 'cancel'; readonly who: number; readonly to: number }
  | { readonly kind: 'online' | 'offline' | 'start' | 'stop'; readonly who: number }
  /** Dies at the first occurrence of `point` within AIM_MS, else at the end of it; without one at once. */
  | {
      readonly kind: 'crash';
      readonly who: number;
      readonly point?: FaultPoint;
      readonly how: 'kill' | 'power-cut';
      /** Nobody is told: friends notice after 31 s. */
      readonly silent: boolean;
    }
  | { readonly kind: 'drop' | 'partition' | 'heal'; readonly who: number; readonly to: number }
  /** From now on; a trip takes up to `jitter` ms more, and connections break with this chance under what is sent. */
  | { readonly kind: 'weather'; readonly jitter: number; readonly breaks: number }
  | { readonly kind: 'step-clock'; readonly who: number; readonly by: number }
  | { readonly kind: 'backup'; readonly who: number }
  /** While it is down: the directory of the last backup, or a new one with identity and friends alone. */
  | { readonly kind: 'restore-directory' | 'restore-identity'; readonly who: number }
  /** A second copy, made at the first time, takes the place on the network; at the next time the first one again. */
  | { readonly kind: 'clone'; readonly who: number }
);

export type IncidentKind = Incident['kind'];
export type IncidentOf<K extends IncidentKind> = Extract<Incident, { kind: K }>;

/** How long a crash waits for its moment, milliseconds. */
export const AIM_MS = 20_000;

/** All that happens in a town, decided before it begins: the same plan gives the same history. */
export interface TownPlan {
  /** Of keys, ids and delays. */
  readonly seed: string;
  readonly residents: readonly Resident[];
  /** Pairs of friends, the smaller number first. */
  readonly friends: readonly (readonly [number, number])[];
  /** In the order of their times. */
  readonly incidents: readonly Incident[];
  /** Milliseconds. */
  readonly ends: number;
}
