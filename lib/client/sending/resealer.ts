import { PeerMap } from '../../peer-map';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PublicKey } from '../../types';
import type { DirectDelivery } from './direct-delivery';
import type { Completion } from './completion';
import type { EarlyEnd, EarlyEnds, Leaving } from './early-end/early-ends';
import type { SealTime } from './sealing/seal-time';
import { RESEALS_PER_MEETING } from '../client-limits';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Wakeup } from '../wakeup';
import type { Outbox, OutboxEntry } from '../journal/outgoing/outbox';
import { keyUseOf, urgentFirst } from '../journal/outgoing/outbox-record';
import type { ServiceMail } from '../journal/service-mail';

export interface ResealerComponents extends Pick<BaseComponents, 'ages' | 'store'> {
  readonly outbox: Pick<Outbox, 'note' | 'of' | 'seal' | 'sealRefused' | 'settled' | 'unseal'>;
  readonly mail: Pick<ServiceMail, 'dropDead'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'hasKeyFor' | 'held'>;
  readonly completion: Pick<Completion, 'failed'>;
  readonly direct: Pick<DirectDelivery, 'isUnderWay' | 'isUnknown' | 'renew'>;
  readonly sealTime: Pick<SealTime, 'earlier' | 'inheritsTurn' | 'isNow'>;
  readonly earlyEnds: Pick<EarlyEnds, 'prepare'>;
  readonly wakeup: Pick<Wakeup, 'friend'>;
  readonly hooks: Pick<AsyncClientHooks, 'onDeadKeys' | 'onKeySpent'>;
}

/** The indexes of a peer's living keys, by batch: what its `state` says. */
export type ListedKeys = ReadonlyMap<number, ReadonlySet<number>>;

/** Gives new keys to messages that have none: those that waited, and those whose key its owner lost. */
export class Resealer {
  readonly #components: ResealerComponents;
  /** Per peer: how often each message was taken off a dead key in this meeting. */
  readonly #counts = new PeerMap<Map<number, number>>();
  #onSpent: ((peer: PublicKey) => void) | undefined;

  constructor(components: ResealerComponents) {
    this.#components = components;
  }

  /** From now on `onSpent` follows when messages for a peer took keys. */
  listen(onSpent: (peer: PublicKey) => void): void {
    this.#onSpent = onSpent;
  }

  beginMeeting(peer: PublicKey): void {
    this.#counts.set(peer, new Map());
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#counts.delete(peer);
  }

  /**
   * In the peer's queue: drops the keys that the owner no longer lists, and in the same durable batch takes
   * every message sealed to one of them off its envelope; then seals what waits. True when a key was dropped.
   */
  async applyState(peer: PublicKey, listed: ListedKeys): Promise<boolean> {
    const isLive = (batch: number, index: number) => listed.get(batch)?.has(index) ?? false;
    const { store, outbox, mail, forwardSecurity, direct, hooks } = this.#components;
    // A message whose envelope is still on its way to the disk is judged with the others.
    await outbox.settled();
    const writes = store.batch();
    const dropped = forwardSecurity.held.retain(writes, peer, isLive);
    forwardSecurity.held.noteListed(writes, peer, [...listed.keys()]);
    const dead = outbox.of(peer).filter((entry) => {
      const { sealed } = entry;
      // The key of a message under way died by it; should it be unknown to its owner, another state follows.
      if (sealed === undefined || direct.isUnderWay(entry)) return false;
      // The key of a head dies when it is opened, long before its message is there: only its own answer counts.
      if (entry.large && !direct.isUnknown(entry)) return false;
      return !isLive(sealed.preKeyId >>> 8, sealed.preKeyId & 0xff);
    });
    for (const entry of dead) {
      outbox.unseal(writes, entry);
      writes.afterCommit(() => this.#count(peer, entry));
    }
    mail.dropDead(writes, peer, isLive);
    await writes.commit();
    if (dead.length > 0) hooks.onDeadKeys(peer);
    await this.sealWaiting(peer);
    return dropped > 0;
  }

  /** Whether `sealWaiting` would seal it. */
  canSeal(entry: OutboxEntry): boolean {
    const { forwardSecurity } = this.#components;
    return this.#isDue(entry) && forwardSecurity.hasKeyFor(entry.friend, keyUseOf(entry));
  }

  /** In the peer's queue: seals what waits for a key, urgent messages first, in the order of acceptance. */
  async sealWaiting(peer: PublicKey): Promise<void> {
    const { store, outbox, completion, direct, earlyEnds, sealTime, wakeup, hooks } = this.#components;
    await outbox.settled();
    await this.#passTurn(peer);
    const due = urgentFirst(outbox.of(peer)).filter((entry) => this.#isDue(entry));
    const ends = new Map<OutboxEntry, EarlyEnd>();
    for (const entry of due) {
      const earlier = sealTime.earlier(entry);
      if (earlier.length > 0) ends.set(entry, await earlyEnds.prepare(replaced(earlier)));
    }
    const writes = store.batch();
    const sealed: OutboxEntry[] = [];
    for (const entry of due) {
      const result = outbox.seal(writes, entry);
      if (result === 'no-key') break;
      if (result === 'lost') {
        completion.failed(writes, entry, 'lost');
        continue;
      }
      sealed.push(entry);
      ends.get(entry)?.addTo(writes);
      writes.afterCommit(() => direct.renew(entry));
    }
    for (const [entry, end] of ends) if (!sealed.includes(entry)) end.undo();
    try {
      await writes.commit();
    } catch (error) {
      for (const entry of sealed) {
        outbox.sealRefused(entry);
        ends.get(entry)?.undo();
      }
      throw error;
    }
    wakeup.friend(peer);
    if (sealed.length === 0) return;
    hooks.onKeySpent(peer);
    this.#onSpent?.(peer);
  }

  /** A large message takes the turn of an earlier one of its value, which ends. */
  async #passTurn(peer: PublicKey): Promise<void> {
    const { store, ages, outbox, earlyEnds, forwardSecurity, sealTime } = this.#components;
    const heir = outbox.of(peer).find((entry) => sealTime.inheritsTurn(entry) && this.#isDue(entry));
    if (heir?.large === undefined || !forwardSecurity.hasKeyFor(peer, keyUseOf(heir))) return;
    const end = await earlyEnds.prepare(replaced(sealTime.earlier(heir)));
    const writes = store.batch();
    end.addTo(writes);
    outbox.note(writes, heir, { large: { ...heir.large, turnAt: ages.now() } });
    try {
      await writes.commit();
    } catch (error) {
      end.undo();
      throw error;
    }
  }

  #isDue(entry: OutboxEntry): boolean {
    return this.#components.sealTime.isNow(entry) && !this.#waitsForNextMeeting(entry.friend, entry);
  }

  #count(peer: PublicKey, { sequence }: OutboxEntry): void {
    const counts = this.#counts.get(peer);
    counts?.set(sequence, (counts.get(sequence) ?? 0) + 1);
  }

  /** It had its keys of this meeting, and the friend called every one of them dead. */
  #waitsForNextMeeting(peer: PublicKey, { sequence }: OutboxEntry): boolean {
    return (this.#counts.get(peer)?.get(sequence) ?? 0) > RESEALS_PER_MEETING;
  }
}

function replaced(entries: readonly OutboxEntry[]): Leaving[] {
  return entries.map((entry) => ({ entry, code: 'replaced' }));
}
