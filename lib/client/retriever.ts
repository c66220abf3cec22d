import { sameBytes, toHex } from '../bytes';
import { asToxAsyncError, ToxAsyncError } from '../errors';
import type { ForwardSecurityManager } from '../forward-security/forward-security-manager';
import type { PeerNetwork } from '../network/peer-network';
import type { StorageNodes } from '../network/storage-nodes';
import { randomFraction, type Random } from '../platform/random';
import type { Timer, Timers } from '../platform/timers';
import type { CryptoProvider } from '../crypto/provider';
import { readEnvelopeHeader, isEnvelopeSize } from '../protocol/envelope';
import { storageIdOf } from '../protocol/names';
import type { SessionMessage } from '../protocol/session-messages';
import type { Store, WriteBatch } from '../store/store';
import type { PublicKey } from '../types';
import type { OwedDeletes } from './owed-deletes';
import type { OwedReceipts } from './owed-receipts';
import type { Received } from './received';
import type { Receiver } from './receiver';
import type { TagTombstone, Tombstones } from './tombstones';

/** Between two looks at every node, milliseconds, before jitter. */
const POLL_INTERVAL = 300_000;
/** A cursor starts anew from 0 after this many seconds. */
const FULL_LIST_AGE = 3600;
/** Mail under an unknown tag is deleted when it stayed unknown this long, seconds. */
const UNKNOWN_AGE = 3600;
const LIST_MAX = 64;
const FETCH_MAX = 16;
const DELETE_MAX = 64;
/** Pages of one visit: a node that lists without end is left after these. */
const MAX_PAGES = 500;
/** Unknown mail remembered; it is forgotten when no node can still hold it. */
const MAX_UNKNOWN = 50_000;
const UNKNOWN_MEMORY = 25 * 3600;

type Item = Extract<SessionMessage, { kind: 'list-answer' }>['items'][number];

interface NodeState {
  cursor: number;
  /** Age of the last list from 0. */
  fullAt: number;
  running: boolean;
  again: boolean;
}

export interface RetrieverParts {
  readonly crypto: CryptoProvider;
  readonly timers: Timers;
  readonly random: Random;
  readonly ages: { now(): number };
  readonly store: Store;
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly receiver: Receiver;
  readonly tombstones: Tombstones;
  readonly deletes: OwedDeletes;
  readonly receipts: OwedReceipts;
  /** A message came: a receipt can go out. */
  readonly onReceived: (received: Received) => void;
  readonly onError: (error: unknown) => void;
}

/** Fetches our mail from every node that may hold some, and deletes there what is safe in the inbox. */
export class Retriever {
  readonly #o: RetrieverParts;
  readonly #nodes = new Map<string, NodeState>();
  /** Envelopes under way, so that two nodes answering at once cost one fetch. */
  readonly #underWay = new Map<string, Promise<Received | undefined>>();
  /** Storage id -> age at which it was first seen under an unknown tag. */
  readonly #unknown = new Map<string, number>();
  readonly #runs = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #running = false;

  constructor(parts: RetrieverParts) {
    this.#o = parts;
  }

  start(): void {
    this.#running = true;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    await Promise.allSettled([...this.#runs]);
  }

  /** All nodes that may hold mail for us; resolves when each was asked or failed. */
  async retrieve(): Promise<void> {
    const { nodes, network } = this.#o;
    const asked = nodes.polled().filter((node) => network.hasSession(node));
    await Promise.all(asked.map((node) => this.retrieveFrom(node)));
  }

  /** One node; a call while one runs makes it look once more. */
  async retrieveFrom(node: PublicKey): Promise<void> {
    if (!this.#running) return;
    const state = this.#node(node);
    if (state.running) {
      state.again = true;
      return;
    }
    state.running = true;
    const run = this.#visit(node, state);
    this.#runs.add(run);
    await run;
    this.#runs.delete(run);
  }

  async #visit(node: PublicKey, state: NodeState): Promise<void> {
    const { nodes, onError } = this.#o;
    try {
      for (state.again = true; this.#wantsMore(state);) {
        state.again = false;
        await this.#drain(node, state);
        await this.#sendDeletes(node);
      }
      nodes.noteSuccess(node);
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrTimeout')) nodes.noteFailure(node);
      else if (!ToxAsyncError.is(error, 'ErrNotConnected')) onError(asToxAsyncError(error, 'ErrStore'));
    } finally {
      state.running = false;
    }
  }

  #wantsMore({ again }: NodeState): boolean {
    return again && this.#running;
  }

  /** Page by page until the node has no more. */
  async #drain(node: PublicKey, state: NodeState): Promise<void> {
    const { network, ages } = this.#o;
    if (ages.now() - state.fullAt >= FULL_LIST_AGE) {
      state.cursor = 0;
      state.fullAt = ages.now();
    }
    for (let pages = 0; pages < MAX_PAGES && this.#running; pages += 1) {
      const page = await network.request(node, { kind: 'list', after: state.cursor, max: LIST_MAX });
      if (page.code !== 'ok') return;
      const complete = await this.#takePage(node, page.items);
      const last = page.items.at(-1);
      if (last === undefined || last.cursor <= state.cursor) return;
      // What could not be taken now is listed again by the next visit.
      if (!complete) {
        state.fullAt = -Infinity;
        return;
      }
      state.cursor = last.cursor;
      if (!page.more) return;
    }
  }

  /** @returns false when something had to stay because there is no room here */
  async #takePage(node: PublicKey, items: readonly Item[]): Promise<boolean> {
    const wanted: { item: Item; order: number; index: number }[] = [];
    const writes = this.#o.store.batch();
    for (const item of items) {
      const known = this.#o.tombstones.findTag(item.tag);
      const key = this.#o.forwardSecurity.issued.find(item.tag);
      if (known !== undefined && sameBytes(known.storageId, item.storageId))
        this.#oweKnown(writes, node, item, known);
      else if (key === undefined) this.#noteUnknown(writes, node, item);
      else wanted.push({ item, order: key.order, index: key.index });
    }
    await writes.commit();
    wanted.sort((a, b) => a.order - b.order || a.index - b.index);
    let complete = true;
    for (let i = 0; i < wanted.length; i += FETCH_MAX) {
      const chunk = wanted.slice(i, i + FETCH_MAX).map(({ item }) => item);
      complete = (await this.#fetch(node, chunk)) && complete;
    }
    return complete;
  }

  async #fetch(node: PublicKey, items: readonly Item[]): Promise<boolean> {
    const others: Promise<Item | boolean>[] = [];
    const mine: Item[] = [];
    for (const item of items) {
      const underWay = this.#underWay.get(toHex(item.storageId));
      if (underWay === undefined) mine.push(item);
      else others.push(this.#awaitOther(node, item, underWay));
    }
    const results = await Promise.all([this.#fetchOwn(node, mine), ...others]);
    const failed = results.filter((result) => typeof result !== 'boolean');
    return (await this.#fetchOwn(node, failed)) && !results.includes(false);
  }

  /** From this node, whatever others do. */
  async #fetchOwn(node: PublicKey, items: readonly Item[]): Promise<boolean> {
    if (items.length === 0) return true;
    const storageIds = items.map(({ storageId }) => storageId);
    const answers = this.#o.network.request(node, { kind: 'fetch', storageIds });
    const settled = items.map((item, position) => {
      const hex = toHex(item.storageId);
      const taken = answers.then((fetched) => {
        const found = fetched.find((answer) => answer.position === position);
        return this.#take(node, item, found?.code === 'ok' ? found.envelope : undefined);
      });
      this.#underWay.set(hex, taken);
      const forget = () => {
        if (this.#underWay.get(hex) === taken) this.#underWay.delete(hex);
      };
      taken.then(forget, forget);
      // One after the other: what is sorted by issue order is handed over in it.
      return taken.then((received) => this.#settle(node, item, received));
    });
    return (await Promise.all(settled)).every(Boolean);
  }

  /**
   * Another node's copy is being fetched. The item itself when that failed: then ours is fetched at once, since a
   * node that only ever promises the mail must not keep it from us.
   */
  async #awaitOther(
    node: PublicKey,
    item: Item,
    underWay: Promise<Received | undefined>,
  ): Promise<Item | boolean> {
    const received = await underWay.catch(() => undefined);
    return received === undefined ? item : this.#settle(node, item, received);
  }

  async #take(node: PublicKey, item: Item, envelope: Uint8Array | undefined): Promise<Received | undefined> {
    const { receiver, crypto, nodes, onReceived } = this.#o;
    if (envelope === undefined) return undefined;
    const honest =
      isEnvelopeSize(envelope.length) &&
      sameBytes(storageIdOf(crypto, envelope), item.storageId) &&
      sameBytes(readEnvelopeHeader(envelope).tag, item.tag);
    if (!honest) {
      nodes.noteBroken(node);
      return undefined;
    }
    const received = await receiver.receive(envelope, { via: 'stored', node }, onReceived);
    if (received.code === 'forged') nodes.noteBroken(node);
    return received;
  }

  /** What this node is told after the envelope was looked at. @returns false when it has to stay there */
  async #settle(node: PublicKey, item: Item, received: Received | undefined): Promise<boolean> {
    if (received === undefined) return true;
    if (received.code === 'busy') return false;
    const writes = this.#o.store.batch();
    if (received.code === 'unknown-tag') this.#noteUnknown(writes, node, item);
    else this.#o.deletes.owe(writes, node, item.storageId);
    await writes.commit();
    return true;
  }

  /** A restored owner may know the tag again, so mail under an unknown one is kept for an hour. */
  #noteUnknown(writes: WriteBatch, node: PublicKey, { storageId }: Item): void {
    const now = this.#o.ages.now();
    const hex = toHex(storageId);
    const since = this.#unknown.get(hex) ?? now;
    if (since === now && this.#unknown.size >= MAX_UNKNOWN) return;
    this.#unknown.set(hex, since);
    if (now - since < UNKNOWN_AGE) return;
    this.#unknown.delete(hex);
    this.#o.deletes.owe(writes, node, storageId);
  }

  /** We have it: the node may drop it, and its sender has not heard of that. */
  #oweKnown(
    writes: WriteBatch,
    node: PublicKey,
    { storageId }: Item,
    { sender, messageId }: TagTombstone,
  ): void {
    this.#o.deletes.owe(writes, node, storageId);
    this.#o.receipts.turnedUp(writes, sender, messageId);
  }

  async #sendDeletes(node: PublicKey): Promise<void> {
    const { deletes, network, store } = this.#o;
    const owed = deletes.owedTo(node);
    for (let i = 0; i < owed.length; i += DELETE_MAX) {
      const storageIds = owed.slice(i, i + DELETE_MAX);
      const { code } = await network.request(node, { kind: 'delete', storageIds });
      if (code !== 'ok') return;
      const writes = store.batch();
      deletes.done(writes, node, storageIds);
      await writes.commit();
    }
  }

  #schedule(): void {
    const { timers, random, onError } = this.#o;
    const wait = POLL_INTERVAL * (0.75 + randomFraction(random) / 2);
    this.#timer = timers.after(wait, () => {
      this.#forgetUnknown();
      this.retrieve().catch(onError);
      this.#schedule();
    });
  }

  #forgetUnknown(): void {
    const oldest = this.#o.ages.now() - UNKNOWN_MEMORY;
    for (const [hex, since] of this.#unknown) if (since < oldest) this.#unknown.delete(hex);
  }

  #node(node: PublicKey): NodeState {
    const hex = toHex(node);
    const known = this.#nodes.get(hex);
    if (known !== undefined) return known;
    const made: NodeState = { cursor: 0, fullAt: -Infinity, running: false, again: false };
    this.#nodes.set(hex, made);
    return made;
  }
}
