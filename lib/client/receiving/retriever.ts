import { PeerMap } from '../../peer-map';
import { asToxAsyncError, ToxAsyncError } from '../../errors';
import type { MessageOf } from '../../network/requests';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import { randomFraction } from '../../platform/random';
import type { Timer } from '../../platform/timers';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { InboxRoom } from './inbox-room';
import { MailFetcher, type MailFetcherComponents } from './mail-fetcher';
import { MailList, type MailListComponents } from './mail-list';
import type { OwedDeletes } from '../journal/owed-deletes';
import { ConfirmedDeletes } from './confirmed-deletes';
import type { HeadTurns } from './large/head-turns';
import { PageBudget } from './page-budget';
import { UnknownMail } from './unknown-mail';

/** Between two looks at every node that is here, milliseconds, before jitter. */
const POLL_INTERVAL = 300_000;
/** A cursor starts again from 0 after this many seconds. */
const FULL_LIST_AGE = 3600;
const DELETE_MAX = 64;

interface NodeState {
  cursor: number;
  /** Age of the last list from 0. */
  fullAt: number;
  /** Age at which it was last asked. */
  askedAt?: number;
  running: boolean;
  again: boolean;
  readonly pages: PageBudget;
}

export interface RetrieverComponents
  extends
    Omit<MailListComponents, 'unknown' | 'confirmed'>,
    Omit<MailFetcherComponents, 'headTurns' | 'unknown'>,
    Pick<BaseComponents, 'crypto' | 'store' | 'timers' | 'random' | 'ages'> {
  readonly network: MailListComponents['network'] &
    MailFetcherComponents['network'] & {
      request(
        node: PublicKey,
        request: Omit<MessageOf<'delete'>, 'request'>,
      ): Promise<MessageOf<'delete-answer'>>;
    };
  readonly nodes: Pick<StorageNodes, 'polled' | 'noteSuccess' | 'noteFailure' | 'noteBroken'>;
  readonly deletes: OwedDeletes;
  readonly headTurns: Pick<HeadTurns, 'count' | 'listen' | 'looked'>;
  readonly room: Pick<InboxRoom, 'turnAway' | 'listen'>;
  readonly hooks: Pick<AsyncClientHooks, 'onReceived' | 'onError'>;
}

/** Visits every node that may hold mail for us: list, fetch, and delete there what is safe in the inbox. */
export class Retriever {
  readonly #components: RetrieverComponents;
  readonly #list: MailList;
  readonly #fetcher: MailFetcher;
  readonly #unknown: UnknownMail;
  readonly #confirmed: ConfirmedDeletes;
  readonly #nodes = new PeerMap<NodeState>();
  readonly #runs = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #running = false;

  constructor(components: RetrieverComponents) {
    this.#components = components;
    this.#unknown = new UnknownMail(components);
    this.#confirmed = new ConfirmedDeletes(components);
    this.#list = new MailList({ ...components, unknown: this.#unknown, confirmed: this.#confirmed });
    this.#fetcher = new MailFetcher({ ...components, unknown: this.#unknown });
  }

  start(): void {
    this.#running = true;
    this.#components.room.listen(() => this.#retrieveUnasked());
    this.#components.headTurns.listen(() => this.#lookAgain());
    this.pollLater();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    await Promise.allSettled([...this.#runs]);
  }

  /** All nodes that may hold mail for us; resolves when each was asked or failed. */
  async retrieve(): Promise<void> {
    const { nodes, network } = this.#components;
    const asked = nodes.polled().filter((node) => network.isProven(node));
    await Promise.all(asked.map((node) => this.retrieveFrom(node)));
  }

  /** One node; a call while one runs makes it look once more. */
  async retrieveFrom(node: PublicKey): Promise<void> {
    if (!this.#running) return;
    this.pollLater();
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

  /** There may be a node to look at from time to time: as long as one is here. */
  pollLater(): void {
    if (!this.#running || this.#timer !== undefined) return;
    const { timers, random } = this.#components;
    const wait = POLL_INTERVAL * (0.75 + randomFraction(random) / 2);
    this.#timer = timers.after(wait, () => {
      this.#timer = undefined;
      this.#unknown.forgetOld();
      this.#retrieveUnasked();
    });
  }

  /** Age in seconds at which a node was last asked; undefined: not since the start. */
  askedAt(node: PublicKey): number | undefined {
    return this.#nodes.get(node)?.askedAt;
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    this.#nodes.delete(node);
    this.#confirmed.forget(node);
    this.#unknown.forget(node);
  }

  async #visit(node: PublicKey, state: NodeState): Promise<void> {
    const { nodes, hooks } = this.#components;
    try {
      for (state.again = true; this.#wantsMore(state);) {
        state.again = false;
        state.askedAt = this.#components.ages.now();
        await this.#drain(node, state);
        await this.#sendDeletes(node);
      }
      nodes.noteSuccess(node);
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrTimeout')) nodes.noteFailure(node);
      else if (!ToxAsyncError.is(error, 'ErrNotConnected')) hooks.onError(asToxAsyncError(error, 'ErrStore'));
    } finally {
      state.running = false;
    }
  }

  #wantsMore({ again }: NodeState): boolean {
    return again && this.#running;
  }

  /** Until the node has no more. What has no room here now holds up nothing else; the next visit lists it again. */
  async #drain(node: PublicKey, state: NodeState): Promise<void> {
    const { ages, headTurns } = this.#components;
    if (ages.now() - state.fullAt >= FULL_LIST_AGE) {
      state.cursor = 0;
      state.fullAt = ages.now();
    }
    const isWhole = state.cursor === 0;
    const heads = headTurns.count;
    let stays = false;
    let more = true;
    while (more && state.pages.left > 0 && this.#running) {
      const listed = await this.#list.read(node, state.cursor, state.pages.left);
      stays = !(await this.#fetcher.fetchChunks(node, listed.chunks)) || stays;
      if (isWhole && !listed.more) headTurns.looked(node, heads);
      stays = !(await this.#fetcher.fetch(node, listed.wanted)) || stays;
      if (stays) state.fullAt = -Infinity;
      state.pages.take(listed.pages);
      if ('error' in listed) throw listed.error;
      state.cursor = listed.cursor;
      more = listed.more;
    }
    this.#unknown.noteVisit(node, { stays, isWhole: isWhole && !more });
  }

  /** A head was opened: its chunks may lie at every node, before or behind where it was read to. */
  #lookAgain(): void {
    const { network, hooks } = this.#components;
    for (const [node, state] of this.#nodes) {
      state.fullAt = -Infinity;
      if (network.isProven(node)) this.retrieveFrom(node).catch((error: unknown) => hooks.onError(error));
    }
  }

  async #sendDeletes(node: PublicKey): Promise<void> {
    const { deletes, network, store, ages } = this.#components;
    const owed = deletes.owedTo(node);
    for (let i = 0; i < owed.length; i += DELETE_MAX) {
      const storageIds = owed.slice(i, i + DELETE_MAX);
      const askedAt = ages.now();
      const { code } = await network.request(node, { kind: 'delete', storageIds });
      if (code !== 'ok') return;
      this.#confirmed.note(node, storageIds, askedAt);
      const writes = store.batch();
      deletes.done(writes, node, storageIds);
      await writes.commit();
    }
  }

  #retrieveUnasked(): void {
    this.retrieve().catch((error: unknown) => this.#components.hooks.onError(error));
  }

  #node(node: PublicKey): NodeState {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const pages = new PageBudget(this.#components.ages);
    const made: NodeState = { cursor: 0, fullAt: -Infinity, running: false, again: false, pages };
    this.#nodes.set(node, made);
    return made;
  }
}
