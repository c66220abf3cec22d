import { CODE } from '../codes';
import { STORAGE_ID_BYTES, TAG_BYTES } from '../names';
import { readFlag, readStorageIds, writeStorageIds, type Codec } from './body-codec';
import type {
  Delete,
  DeleteAnswer,
  Fetch,
  Fetched,
  List,
  ListAnswer,
  Mail,
  Store,
  StoreAnswer,
} from './session-message';

/** Most entries that a list may ask for and its answer may have. */
export const MAX_LIST_ITEMS = 64;
/** Most storage ids in one fetch and in one delete. */
export const MAX_FETCH_IDS = 16;
export const MAX_DELETE_IDS = 64;

/** request 4 | remaining 4 | envelope */
export const storeCodec: Codec<Store> = {
  write: ({ request, remaining, envelope }, w) => void w.u32(request).u32(remaining).bytes(envelope),
  read: (r) => ({ kind: 'store', request: r.u32(), remaining: r.u32(), envelope: r.rest() }),
};

/** request 4 | code 1 | storage id 16 | kept 4 | wait 2 */
export const storeAnswerCodec: Codec<StoreAnswer> = {
  write({ request, code, storageId, kept, wait }, w) {
    w.u32(request).u8(CODE[code]).fixed(storageId, STORAGE_ID_BYTES).u32(kept).u16(wait);
  },
  read: (r) => ({
    kind: 'store-answer',
    request: r.u32(),
    code: r.code(),
    storageId: r.bytes(STORAGE_ID_BYTES),
    kept: r.u32(),
    wait: r.u16(),
  }),
};

/** request 4 | after 8 | max 1 */
export const listCodec: Codec<List> = {
  write({ request, after, max }, w) {
    w.u32(request).u64(after).atMost(max, MAX_LIST_ITEMS);
  },
  read: (r) => ({ kind: 'list', request: r.u32(), after: r.u64(), max: r.count(MAX_LIST_ITEMS) }),
};

/** request 4 | code 1 | more 1 | n 1 | n x (cursor 8 | storage id 16 | tag 16 | age 4) */
export const listAnswerCodec: Codec<ListAnswer> = {
  write({ request, code, more, items }, w) {
    w.u32(request)
      .u8(CODE[code])
      .u8(more ? 1 : 0)
      .count(items, MAX_LIST_ITEMS)
      .each(items, ({ cursor, storageId, tag, age }) => {
        w.u64(cursor).fixed(storageId, STORAGE_ID_BYTES).fixed(tag, TAG_BYTES).u32(age);
      });
  },
  read: (r) => ({
    kind: 'list-answer',
    request: r.u32(),
    code: r.code(),
    more: readFlag(r),
    items: r.list(r.count(MAX_LIST_ITEMS), () => ({
      cursor: r.u64(),
      storageId: r.bytes(STORAGE_ID_BYTES),
      tag: r.bytes(TAG_BYTES),
      age: r.u32(),
    })),
  }),
};

/** request 4 | n 1 | n x storage id 16; none is answered with a code */
export const fetchCodec: Codec<Fetch> = {
  write({ request, storageIds }, w) {
    w.u32(request);
    writeStorageIds(w, storageIds, MAX_FETCH_IDS);
  },
  read: (r) => ({ kind: 'fetch', request: r.u32(), storageIds: readStorageIds(r, MAX_FETCH_IDS) }),
};

/** request 4 | position 1 | code 1 | age 4 | envelope */
export const fetchedCodec: Codec<Fetched> = {
  write({ request, position, code, age, envelope }, w) {
    w.u32(request).u8(position).u8(CODE[code]).u32(age).bytes(envelope);
  },
  read: (r) => ({
    kind: 'fetched',
    request: r.u32(),
    position: r.u8(),
    code: r.code(),
    age: r.u32(),
    envelope: r.rest(),
  }),
};

/** request 4 | n 1 (at least 1) | n x storage id 16 */
export const deleteCodec: Codec<Delete> = {
  write({ request, storageIds }, w) {
    w.u32(request);
    writeStorageIds(w, storageIds, MAX_DELETE_IDS, 1);
  },
  read: (r) => ({ kind: 'delete', request: r.u32(), storageIds: readStorageIds(r, MAX_DELETE_IDS, 1) }),
};

/** request 4 | code 1 | deleted 1 */
export const deleteAnswerCodec: Codec<DeleteAnswer> = {
  write: ({ request, code, deleted }, w) => void w.u32(request).u8(CODE[code]).u8(deleted),
  read: (r) => ({ kind: 'delete-answer', request: r.u32(), code: r.code(), deleted: r.u8() }),
};

/** waiting 2 */
export const mailCodec: Codec<Mail> = {
  write: ({ waiting }, w) => void w.u16(waiting),
  read: (r) => ({ kind: 'mail', waiting: r.u16() }),
};
