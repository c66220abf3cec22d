import { sameBytes } from '../../bytes';
import { ByteMap } from '../../byte-map';
import type { PeerNetwork } from '../../network/peer-network';
import type { MessageOf } from '../../network/requests';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import { isEnvelopeSize, readEnvelopeHeader } from '../../protocol/envelope/envelope';
import { storageIdOf } from '../../protocol/names';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Meetings } from '../meeting/meetings';
import type { InboxRoom } from './inbox-room';
import type { HeadTurns } from './large/head-turns';
import type { Item } from './mail-list';
import type { OwedDeletes } from '../journal/owed-deletes';
import type { Received } from './receive-result';
import type { Receiver } from './receiver';
import type { UnknownMail } from './unknown-mail';

const FETCH_MAX = 16;
/** Chunks are long, and all that is asked for at once has one time limit: a slow link carries three of them in it. */
const CHUNKS_MAX = 3;

export interface MailFetcherComponents extends Pick<BaseComponents, 'crypto' | 'store'> {
  readonly network: Pick<PeerNetwork, 'isProven'> & {
    request(
      node: PublicKey,
      request: Omit<MessageOf<'fetch'>, 'request'>,
    ): Promise<readonly Pick<MessageOf<'fetched'>, 'code' | 'envelope'>[]>;
  };
  readonly nodes: Pick<StorageNodes, 'noteBroken' | 'noteFailure'>;
  readonly receiver: Pick<Receiver, 'receive'>;
  readonly room: Pick<InboxRoom, 'turnAway'>;
  readonly meetings: Pick<Meetings, 'sendReceipt'>;
  readonly deletes: Pick<OwedDeletes, 'owe' | 'owes'>;
  readonly unknown: Pick<UnknownMail, 'note'>;
  readonly headTurns: Pick<HeadTurns, 'count'>;
  readonly hooks: Pick<AsyncClientHooks, 'onReceived'>;
}

/** An item that is on its way from some node; undefined when that did not give it. */
interface Fetch {
  readonly item: Item;
  readonly taken: Promise<Received | undefined>;
}

interface Result {
  readonly item: Item;
  readonly received: Received | undefined;
  /** The fetch failed. */
  readonly error?: unknown;
}

/** Items that are fetched together. */
interface Fetching {
  /** Resolves when nothing of it is asked for any more: to false when the node gave no answer. */
  readonly arrived: Promise<boolean>;
  /** Resolves when it is dealt with: to false when something had to stay where it is. */
  readonly complete: Promise<boolean>;
}

/** Fetches what nodes list, and owes them the delete of what is safe in the inbox. */
export class MailFetcher {
  readonly #components: MailFetcherComponents;
  /** Envelopes under way, so that two nodes answering at once cost one fetch. */
  readonly #underWay = new ByteMap<Promise<Received | undefined>>();

  constructor(components: MailFetcherComponents) {
    this.#components = components;
  }

  /**
   * In this order, up to a head of a large message: its chunks come first, and may stand anywhere in the list.
   * @returns false when something had to stay because there is no room here
   */
  fetch(node: PublicKey, items: readonly Item[]): Promise<boolean> {
    return this.#fetchAll(node, items, FETCH_MAX);
  }

  /** The same for chunks that are missing here. */
  fetchChunks(node: PublicKey, chunks: readonly Item[]): Promise<boolean> {
    return this.#fetchAll(node, chunks, CHUNKS_MAX);
  }

  async #fetchAll(node: PublicKey, items: readonly Item[], atOnce: number): Promise<boolean> {
    const { headTurns } = this.#components;
    const { count } = headTurns;
    const ends: Promise<{ readonly complete: boolean; readonly error?: unknown }>[] = [];
    for (let i = 0; i < items.length && headTurns.count === count; i += atOnce) {
      const { arrived, complete } = this.#fetchSome(node, items.slice(i, i + atOnce));
      const end = complete.then(
        (isComplete) => ({ complete: isComplete }),
        (error: unknown) => ({ complete: false, error }),
      );
      ends.push(end);
      // The next are asked for while the disk takes these, and none but these.
      if (!(await arrived)) break;
      await ends.at(-2);
    }
    const all = await Promise.all(ends);
    for (const end of all) if ('error' in end) throw end.error;
    return all.every(({ complete }) => complete);
  }

  #fetchSome(node: PublicKey, items: readonly Item[]): Fetching {
    const others: Fetch[] = [];
    const mine: Item[] = [];
    for (const item of items) {
      const underWay = this.#underWay.get(item.storageId);
      if (underWay === undefined) mine.push(item);
      // Another node's copy is being fetched.
      else others.push({ item, taken: underWay.catch(() => undefined) });
    }
    const { arrived, fetches } = this.#fetchOwn(node, mine);
    return {
      arrived: Promise.all(others.map(({ taken }) => taken)).then(() => arrived),
      complete: this.#complete(node, fetches, others),
    };
  }

  /**
   * What another node failed to give is fetched here at once: a node that only ever promises the mail must not keep it from
   * us.
   */
  async #complete(node: PublicKey, mine: readonly Fetch[], others: readonly Fetch[]): Promise<boolean> {
    const results = await resultsOf([...mine, ...others]);
    const missing = results.slice(mine.length).filter(({ received }) => received === undefined);
    const isFailed = results.some((result) => 'error' in result);
    const again = isFailed ? [] : missing.map(({ item }) => item);
    const all = [...results, ...(await resultsOf(this.#fetchOwn(node, again).fetches))];
    const complete = await this.#settle(node, all);
    for (const result of all) if ('error' in result) throw result.error;
    return complete;
  }

  /** From this node, whatever others do. `arrived` resolves when it has answered, or to false. */
  #fetchOwn(node: PublicKey, items: readonly Item[]): { arrived: Promise<boolean>; fetches: Fetch[] } {
    if (items.length === 0) return { arrived: Promise.resolve(true), fetches: [] };
    const storageIds = items.map(({ storageId }) => storageId);
    const answers = this.#components.network.request(node, { kind: 'fetch', storageIds });
    // One after the other: what is sorted by issue order is handed over in it.
    const fetches = items.map((item, position) => {
      const { storageId } = item;
      const taken = answers.then((fetched) => {
        const found = fetched[position];
        // Listed a moment ago; that it is gone need not be the node's fault, so it counts like an answer that is missing.
        if (found?.code === 'not-found') this.#components.nodes.noteFailure(node);
        return this.#take(node, item, found?.code === 'ok' ? found.envelope : undefined);
      });
      this.#underWay.set(storageId, taken);
      const forget = () => {
        if (this.#underWay.get(storageId) === taken) this.#underWay.delete(storageId);
      };
      taken.then(forget, forget);
      return { item, taken };
    });
    const arrived = answers.then(
      () => true,
      () => false,
    );
    return { arrived, fetches };
  }

  async #take(node: PublicKey, item: Item, envelope: Uint8Array | undefined): Promise<Received | undefined> {
    const { receiver, crypto, nodes } = this.#components;
    if (envelope === undefined) return undefined;
    const honest =
      isEnvelopeSize(envelope.length) &&
      sameBytes(storageIdOf(crypto, envelope), item.storageId) &&
      sameBytes(readEnvelopeHeader(envelope).tag, item.tag);
    if (!honest) {
      nodes.noteBroken(node);
      return undefined;
    }
    const received = await receiver.receive(envelope, { via: 'stored', node }, (result) =>
      this.#onReceived(result),
    );
    if (received.code === 'forged') nodes.noteBroken(node);
    return received;
  }

  /** The sender hears of it at once when it is connected. */
  #onReceived({ turnedAway, message }: Received): void {
    const { network, room, meetings, hooks } = this.#components;
    if (turnedAway !== undefined) room.turnAway(turnedAway.sender, turnedAway.bytes);
    if (message !== undefined && network.isProven(message.sender)) {
      meetings.sendReceipt(message.sender, { messageId: message.messageId, code: message.receipt });
    }
    hooks.onReceived();
  }

  /** What is owed to this node after the envelopes were looked at. @returns false when something has to stay there */
  async #settle(node: PublicKey, results: readonly Result[]): Promise<boolean> {
    const { store, unknown, deletes } = this.#components;
    const writes = store.batch();
    for (const { item, received } of results) {
      if (received === undefined || received.code === 'busy') continue;
      if (received.code === 'unknown-tag') unknown.note(writes, node, item.storageId);
      // The batch that took it has owed the delete to the node that gave it.
      else if (!deletes.owes(node, item.storageId)) deletes.owe(writes, node, item.storageId);
    }
    await writes.commit();
    return results.every(({ received }) => received?.code !== 'busy');
  }
}

async function resultsOf(fetches: readonly Fetch[]): Promise<Result[]> {
  const settled = await Promise.allSettled(fetches.map(({ taken }) => taken));
  return fetches.map(({ item }, i) => {
    const result = settled[i];
    if (result?.status !== 'rejected') return { item, received: result?.value };
    return { item, received: undefined, error: result.reason as unknown };
  });
}
