import { sameBytes } from '../../bytes';
import type { IssuedKey } from '../../forward-security/key-records';
import type { MessageOf } from '../../network/requests';
import type { PublicKey } from '../../types';
import type { BaseComponents } from '../components';
import type { Assemblies } from '../journal/assemblies';
import type { OwedDeletes } from '../journal/owed-deletes';
import type { OwedReceipts } from '../journal/owed-receipts';
import type { TagTombstone, Tombstones } from '../journal/tombstones';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { ConfirmedDeletes } from './confirmed-deletes';
import type { UnknownMail } from './unknown-mail';

const LIST_MAX = 64;
/** Most entries to fetch that are sorted together: a few hundred bytes of memory each. */
const SORTED_MAX = 4096;

/** What a node lists of a piece of mail. */
export type Item = MessageOf<'list-answer'>['items'][number];

export interface MailListComponents extends Pick<BaseComponents, 'store'> {
  readonly network: {
    request(node: PublicKey, request: Omit<MessageOf<'list'>, 'request'>): Promise<MessageOf<'list-answer'>>;
  };
  readonly forwardSecurity: {
    readonly issued: { find(tag: Uint8Array): Pick<IssuedKey, 'order' | 'index'> | undefined };
  };
  readonly tombstones: Pick<Tombstones, 'findTag'>;
  readonly assemblies: Pick<Assemblies, 'look'>;
  readonly deletes: Pick<OwedDeletes, 'owe'>;
  readonly receipts: Pick<OwedReceipts, 'turnedUp'>;
  readonly nodes: Pick<StorageNodes, 'noteBroken'>;
  readonly unknown: Pick<UnknownMail, 'note'>;
  readonly confirmed: Pick<ConfirmedDeletes, 'contradicts'>;
}

export interface Listed {
  /** Chunks that are missing here, to be fetched before the others. */
  readonly chunks: readonly Item[];
  /** To be fetched, in the order in which the keys were issued. */
  readonly wanted: readonly Item[];
  /** Pages that said that more follow. */
  readonly pages: number;
  /** Where to go on, if the node has more. */
  readonly cursor: number;
  readonly more: boolean;
  /** What ended the list early; what came before it counts. */
  readonly error?: unknown;
}

interface Wanted {
  readonly item: Item;
  /** Of the key; a chunk has none. */
  readonly key?: { readonly order: number; readonly index: number };
}

/**
 * Reads the list of our mail on a node. A node lists in the order of arrival, so all of it is read, page by page,
 * before anything is fetched.
 */
export class MailList {
  readonly #components: MailListComponents;

  constructor(components: MailListComponents) {
    this.#components = components;
  }

  /** From behind `after` to the end, to `maxPages` pages, or to as much as can be sorted at once. */
  async read(node: PublicKey, after: number, maxPages: number): Promise<Listed> {
    const wanted: Wanted[] = [];
    let cursor = after;
    let pages = 0;
    let more = true;
    let failure: { error?: unknown } = {};
    try {
      while (more && pages < maxPages && wanted.length <= SORTED_MAX - LIST_MAX) {
        const page = await this.#components.network.request(node, {
          kind: 'list',
          after: cursor,
          max: LIST_MAX,
        });
        if (page.code !== 'ok') {
          more = false;
          break;
        }
        wanted.push(...(await this.#sift(node, page.items)));
        const last = page.items.at(-1)?.cursor ?? cursor;
        if (page.more) pages += 1;
        more = page.more && last > cursor;
        cursor = Math.max(cursor, last);
      }
    } catch (error) {
      more = false;
      failure = { error };
    }
    const chunks = wanted.filter(({ key }) => key === undefined).map(({ item }) => item);
    return { chunks, wanted: inOrderOfIssue(wanted), pages, cursor, more, ...failure };
  }

  /** What is to be fetched; what we have, and what nobody can open, need not be. */
  async #sift(node: PublicKey, items: readonly Item[]): Promise<Wanted[]> {
    const { store, forwardSecurity, assemblies, deletes, receipts, unknown, nodes, confirmed } =
      this.#components;
    let lied = false;
    const wanted: Wanted[] = [];
    const writes = store.batch();
    for (const item of items) {
      const known = this.#find(item);
      const key = forwardSecurity.issued.find(item.tag);
      const piece = assemblies.look(item.tag, item.storageId);
      if (known !== undefined) {
        // We have it: the node may drop it, and if it is a new deposit, its sender has not heard of that.
        deletes.owe(writes, node, item.storageId);
        if (confirmed.contradicts(node, item)) lied = true;
        else if (known.large !== 'chunk') receipts.turnedUp(writes, known.sender, known.messageId);
      } else if (key !== undefined || piece === 'missing') {
        wanted.push(key === undefined ? { item } : { item, key });
      } else if (piece === 'here') {
        deletes.owe(writes, node, item.storageId);
      } else {
        unknown.note(writes, node, item.storageId);
      }
    }
    // Most looks find nothing, and nothing to write.
    if (writes.size > 0) await writes.commit();
    if (lied) nodes.noteBroken(node);
    return wanted;
  }

  /** What we took. Of a chunk only the tag is remembered. */
  #find({ tag, storageId }: Item): TagTombstone | undefined {
    const known = this.#components.tombstones.findTag(tag);
    const isSame = known?.large === 'chunk' || (known && sameBytes(known.storageId, storageId));
    return isSame ? known : undefined;
  }
}

function inOrderOfIssue(wanted: readonly Wanted[]): Item[] {
  const keyed = wanted.flatMap(({ item, key }) => (key ? [{ item, ...key }] : []));
  return keyed.sort((a, b) => a.order - b.order || a.index - b.index).map(({ item }) => item);
}
