import type { PublicKey } from '../../types';
import type { Inbox } from '../journal/inbox';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import type { HandOver } from '../receiving/hand-over';
import type { Retriever } from '../receiving/retriever';
import type { ChunkProgress } from '../sending/large/chunk-progress';
import { isStored, type QueuedReasons } from '../sending/queued-reasons';
import type { InboxRow, OutboxRow } from './rows';

export interface OverviewComponents {
  readonly ages: { now(): number };
  readonly outbox: Pick<Outbox, 'entries' | 'find'>;
  readonly reasons: Pick<QueuedReasons, 'of'>;
  readonly chunks: Pick<ChunkProgress, 'mostOf'>;
  readonly inbox: Pick<Inbox, 'entries'>;
  readonly handOver: Pick<HandOver, 'stateOf'>;
  readonly retriever: Pick<Retriever, 'askedAt'>;
}

export interface OverviewInit {
  /** Copies of each message. */
  readonly wanted: number;
}

/** What is on its way and what waits, for people who watch a session. Nothing in it says what messages say. */
export class Overview {
  readonly #components: OverviewComponents;
  readonly #wanted: number;

  constructor(components: OverviewComponents, init: OverviewInit) {
    this.#components = components;
    this.#wanted = init.wanted;
  }

  /** The overdue ones first, then the newest. @param most rows */
  outbox(most: number): OutboxRow[] {
    const newest = this.#components.outbox.entries().reverse();
    const isLate = (entry: OutboxEntry) => this.#overdue(entry) !== undefined;
    const ordered = [...newest.filter(isLate), ...newest.filter((entry) => !isLate(entry))];
    return ordered.slice(0, most).map((entry) => this.#outboxRow(entry));
  }

  /** One message; undefined when it is not in the outbox. */
  message(friend: PublicKey, messageId: Uint8Array): OutboxRow | undefined {
    const entry = this.#components.outbox.find(friend, messageId);
    return entry && this.#outboxRow(entry);
  }

  /** In the order of arrival. @param most rows */
  inbox(most: number): InboxRow[] {
    const { inbox, handOver } = this.#components;
    const oldest = inbox.entries().slice(0, most);
    return oldest.map((entry) => ({
      messageId: entry.messageId,
      friend: entry.sender,
      via: entry.via,
      receivedAt: entry.receivedAt,
      state: handOver.stateOf(entry),
    }));
  }

  /** Seconds since the node was last asked for our mail; undefined: not since the start. */
  asked(node: PublicKey): number | undefined {
    const { retriever, ages } = this.#components;
    const at = retriever.askedAt(node);
    return at === undefined ? undefined : ages.now() - at;
  }

  /** Seconds since it should have had a receipt; undefined: it has time left, or for ever. */
  #overdue({ overdue }: OutboxEntry): number | undefined {
    const late = overdue && this.#components.ages.now() - overdue.at;
    return late !== undefined && late >= 0 ? late : undefined;
  }

  #outboxRow(entry: OutboxEntry): OutboxRow {
    const { ages, reasons, chunks } = this.#components;
    const { messageId, friend, size, lifetime, acceptedAt, copies, large } = entry;
    const age = ages.now() - acceptedAt;
    const overdue = this.#overdue(entry);
    const waiting = isStored(entry) ? undefined : reasons.of(entry);
    return {
      messageId,
      friend,
      size,
      age,
      remaining: Math.max(0, lifetime - age),
      ...(overdue !== undefined && { overdue }),
      ...waiting,
      nodes: copies.map(({ node }) => node),
      wanted: this.#wanted,
      isStored: isStored(entry),
      ...(large && { pieces: { done: chunks.mostOf(entry), total: large.chunks + 1 } }),
    };
  }
}
