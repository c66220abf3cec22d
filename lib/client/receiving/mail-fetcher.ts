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
  readonly deletes: Pick<OwedDeletes, 'owe'>;
  readonly unknown: Pick<UnknownMail, 'note'>;
  readonly headTurns: Pick<HeadTurns, 'count'>;
  readonly hooks: Pick<AsyncClientHooks, 'onReceived'>;
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
    let complete = true;
    for (let i = 0; i < items.length && headTurns.count === count; i += atOnce) {
      complete = (await this.#fetchSome(node, items.slice(i, i + atOnce))) && complete;
    }
    return complete;
  }

  async #fetchSome(node: PublicKey, items: readonly Item[]): Promise<boolean> {
    const others: Promise<Item | boolean>[] = [];
    const mine: Item[] = [];
    for (const item of items) {
      const underWay = this.#underWay.get(item.storageId);
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
    const answers = this.#components.network.request(node, { kind: 'fetch', storageIds });
    const settled = items.map((item, position) => {
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

  /** The answer to this node after the envelope was looked at. @returns false when it has to stay there */
  async #settle(node: PublicKey, item: Item, received: Received | undefined): Promise<boolean> {
    if (received === undefined) return true;
    if (received.code === 'busy') return false;
    const writes = this.#components.store.batch();
    if (received.code === 'unknown-tag') this.#components.unknown.note(writes, node, item.storageId);
    else this.#components.deletes.owe(writes, node, item.storageId);
    await writes.commit();
    return true;
  }
}
