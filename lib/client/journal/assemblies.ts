import { ByteMap, ByteSet } from '../../byte-map';
import { sameBytes } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { storageIdOf, TAG_BYTES } from '../../protocol/names';
import type { SecretVault, SlotRef } from '../../store/vault/secret-vault';
import { boxUnderSlot, unboxUnderSlot } from '../../store/vault/slot-box';
import type { Store, WriteBatch } from '../../store/store';
import { bareBytes } from '../../store/record-form';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';
import type { Load } from './load';

/** An envelope that opened as the head of a message, and the key that it used up. */
export interface AssemblyHead {
  readonly tag: Uint8Array;
  readonly storageId: Uint8Array;
  readonly preKeyId: number;
}

/** What does not change while the pieces come. */
interface AssemblyRecord {
  readonly ref: SlotRef;
  /** The data of the head, with the payload key, under that slot. */
  readonly sealed: Uint8Array;
  /** Tags of the chunks, joined. */
  readonly tags: Uint8Array;
  /** Bytes that the inbox keeps free for it. */
  readonly room: number;
  /** Unix milliseconds, 0 without a clock of the sender's. */
  readonly sentAt: number;
  /** Seconds. */
  readonly lifetime: number;
  /** Age at which its life is over. */
  readonly until: number;
}

interface ProgressRecord {
  readonly heads: readonly AssemblyHead[];
  /** Indexes of the chunks that are here. */
  readonly kept: readonly number[];
  /** Rises with whatever comes of any message: the lowest was silent for longest. */
  readonly heard: number;
}

/** A large message of which chunks are missing. */
export interface Assembly extends Omit<AssemblyRecord, 'sealed' | 'tags'>, ProgressRecord {
  readonly sender: PublicKey;
  readonly messageId: Uint8Array;
  readonly tags: readonly Uint8Array[];
}

export interface NewAssembly extends Pick<
  Assembly,
  'sender' | 'messageId' | 'room' | 'sentAt' | 'lifetime' | 'until'
> {
  readonly head: AssemblyHead;
  readonly tags: readonly Uint8Array[];
}

/** What a tag is of: a chunk, or without an index a head. */
interface Place {
  readonly sender: PublicKey;
  readonly messageId: Uint8Array;
  readonly index?: number;
}

const SENDER_BYTES = 32;
/** As many as the sender remembers keys of a message. */
const MAX_HEADS = 4;
/** Tags of chunks that are remembered as put off, in memory: a sender goes on with chunks only within a meeting. */
const MAX_PUT_OFF = 256;

/**
 * Large messages that are not complete. Their pieces are kept as they came: nothing but the payload key opens them, and
 * that lies under one slot of the vault.
 */
export class Assemblies {
  readonly #parts: { readonly crypto: CryptoProvider; readonly store: Store; readonly vault: SecretVault };
  readonly #records: Table<AssemblyRecord>;
  readonly #progress: Table<ProgressRecord>;
  readonly #pieces: Table<Uint8Array>;
  /** By sender and message id. */
  readonly #all = new ByteMap<ByteMap<Assembly>>();
  readonly #byTag = new ByteMap<Place>();
  readonly #putOff = new ByteSet();
  #nextHeard = 1;

  constructor(parts: {
    readonly crypto: CryptoProvider;
    readonly store: Store;
    readonly vault: SecretVault;
  }) {
    this.#parts = parts;
    this.#records = new Table(parts.store, 'assembly');
    this.#progress = new Table(parts.store, 'assembly-progress');
    this.#pieces = new Table(parts.store, 'assembly-piece', bareBytes);
    for (const { rest, record } of this.#records.entries()) {
      const [sender, messageId] = [rest.slice(0, SENDER_BYTES), rest.slice(SENDER_BYTES)];
      const progress = this.#progress.get(sender, messageId);
      if (progress) this.#remember({ ...withoutSealed(record), ...progress, sender, messageId });
    }
  }

  find(sender: PublicKey, messageId: Uint8Array): Assembly | undefined {
    return this.#all.get(sender)?.get(messageId);
  }

  /** Those of one sender, the one of which nothing came for longest first. */
  of(sender: PublicKey): Assembly[] {
    return [...(this.#all.get(sender)?.values() ?? [])].sort((a, b) => a.heard - b.heard);
  }

  entries(): Assembly[] {
    return [...this.#all.values()].flatMap((some) => [...some.values()]);
  }

  /** The chunk under this tag. */
  findChunk(tag: Uint8Array): { readonly assembly: Assembly; readonly index: number } | undefined {
    const { assembly, index } = this.#findTag(tag);
    return assembly && index !== undefined ? { assembly, index } : undefined;
  }

  /** The message whose head had this tag. */
  findHead(tag: Uint8Array): { readonly assembly: Assembly; readonly head: AssemblyHead } | undefined {
    const { assembly, index } = this.#findTag(tag);
    const head = index === undefined ? assembly?.heads.find((each) => sameBytes(each.tag, tag)) : undefined;
    return assembly && head && { assembly, head };
  }

  /** Whether an envelope that a node lists is a head or a chunk that is here, or a chunk that is missing. */
  look(tag: Uint8Array, storageId: Uint8Array): 'here' | 'missing' | undefined {
    const chunk = this.findChunk(tag);
    if (chunk === undefined) {
      const head = this.findHead(tag)?.head;
      return head && sameBytes(head.storageId, storageId) ? 'here' : undefined;
    }
    const piece = this.piece(chunk.assembly, chunk.index);
    return piece && sameBytes(storageIdOf(this.#parts.crypto, piece), storageId) ? 'here' : 'missing';
  }

  /** What the inbox keeps free for those of this sender, or of all. */
  load(sender?: PublicKey): Load {
    const some = sender === undefined ? this.entries() : this.of(sender);
    return { messages: some.length, bytes: some.reduce((sum, { room }) => sum + room, 0) };
  }

  *refs(): Generator<SlotRef> {
    for (const { ref } of this.entries()) yield ref;
  }

  /** @param slot of a secret that is wiped; @param data of the head */
  begin(
    writes: WriteBatch,
    { sender, messageId, head, tags, room, sentAt, lifetime, until }: NewAssembly,
    data: Uint8Array,
    { ref, secret }: { readonly ref: SlotRef; readonly secret: Uint8Array },
  ): void {
    const sealed = boxUnderSlot(this.#parts.crypto, secret, data);
    const fields = { ref, room, sentAt, lifetime, until };
    const progress = { heads: [head], kept: [], heard: this.#heard() };
    this.#records.put(writes, [sender, messageId], { ...fields, sealed, tags: joined(tags) });
    this.#progress.put(writes, [sender, messageId], progress);
    writes.afterCommit(() => this.#remember({ ...fields, ...progress, tags, sender, messageId }));
  }

  /** The data of the head; undefined when the vault lost its secret. */
  read({ sender, messageId, ref }: Assembly): Uint8Array | undefined {
    const { crypto, vault } = this.#parts;
    return unboxUnderSlot(crypto, vault.read(ref), this.#records.get(sender, messageId)?.sealed);
  }

  /** Whether the vault still has its secret. */
  isReadable(assembly: Assembly): boolean {
    const data = this.read(assembly);
    if (data) this.#parts.crypto.wipe(data);
    return data !== undefined;
  }

  /** Another envelope was its head, too. */
  addHead(writes: WriteBatch, assembly: Assembly, head: AssemblyHead): void {
    const heads = [...assembly.heads, head];
    const forgotten = heads.splice(0, heads.length - MAX_HEADS);
    this.#update(writes, assembly, { heads });
    writes.afterCommit(() => forgotten.forEach(({ tag }) => this.#byTag.delete(tag)));
  }

  /** Chunks as they came, by index. */
  keep(writes: WriteBatch, assembly: Assembly, pieces: ReadonlyMap<number, Uint8Array>): void {
    const { sender, messageId } = assembly;
    for (const [index, piece] of pieces) {
      this.#pieces.put(writes, [sender, messageId, Uint8Array.of(index)], piece);
    }
    this.#update(writes, assembly, { kept: [...assembly.kept, ...pieces.keys()] });
  }

  /** A chunk that is here. */
  piece({ sender, messageId, kept }: Assembly, index: number): Uint8Array | undefined {
    return kept.includes(index) ? this.#pieces.get(sender, messageId, Uint8Array.of(index)) : undefined;
  }

  /** As `erase`, of one that may begin again. */
  putOff(writes: WriteBatch, assembly: Assembly): void {
    this.erase(writes, assembly);
    writes.afterCommit(() => {
      for (const tag of assembly.tags.slice(-1)) this.#putOff.add(tag);
      for (const oldest of this.#putOff.values()) {
        if (this.#putOff.size <= MAX_PUT_OFF) break;
        this.#putOff.delete(oldest);
      }
    });
  }

  /** Whether it is of a last chunk, the only one that can be as long as other envelopes, whose message was put off. */
  wasPutOff(tag: Uint8Array): boolean {
    return this.#putOff.has(tag);
  }

  /** Nothing of it stays that opens. */
  erase(writes: WriteBatch, { sender, messageId, kept, ref, tags, heads }: Assembly): void {
    for (const table of [this.#records, this.#progress]) table.delete(writes, [sender, messageId]);
    for (const index of kept) this.#pieces.delete(writes, [sender, messageId, Uint8Array.of(index)]);
    this.#parts.vault.erase(writes, [ref]);
    writes.afterCommit(() => {
      const some = this.#all.get(sender);
      some?.delete(messageId);
      if (some?.size === 0) this.#all.delete(sender);
      for (const tag of [...tags, ...heads.map((head) => head.tag)]) this.#byTag.delete(tag);
    });
  }

  /** The sender is no longer a friend. */
  forget(writes: WriteBatch, sender: PublicKey): void {
    for (const assembly of this.of(sender)) this.erase(writes, assembly);
  }

  #update(writes: WriteBatch, assembly: Assembly, change: Partial<ProgressRecord>): void {
    const { sender, messageId, heads, kept } = assembly;
    const progress = { heads, kept, ...change, heard: this.#heard() };
    this.#progress.put(writes, [sender, messageId], progress);
    writes.afterCommit(() => this.#remember({ ...assembly, ...progress }));
  }

  #findTag(tag: Uint8Array): { readonly assembly?: Assembly; readonly index?: number } {
    const place = this.#byTag.get(tag);
    const assembly = place && this.find(place.sender, place.messageId);
    return { ...place, ...(assembly ? { assembly } : {}) };
  }

  #remember(assembly: Assembly): void {
    const { sender, messageId, tags, heads, heard } = assembly;
    this.#all.getOrInsert(sender, () => new ByteMap()).set(messageId, assembly);
    tags.forEach((tag, index) => this.#byTag.set(tag, { sender, messageId, index }));
    for (const { tag } of heads) this.#byTag.set(tag, { sender, messageId });
    this.#nextHeard = Math.max(this.#nextHeard, heard + 1);
  }

  #heard(): number {
    this.#nextHeard += 1;
    return this.#nextHeard - 1;
  }
}

function joined(tags: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(tags.length * TAG_BYTES);
  tags.forEach((tag, i) => whole.set(tag, i * TAG_BYTES));
  return whole;
}

function withoutSealed({ sealed: _sealed, tags, ...rest }: AssemblyRecord) {
  const count = tags.length / TAG_BYTES;
  return {
    ...rest,
    tags: Array.from({ length: count }, (_, i) => tags.slice(i * TAG_BYTES, (i + 1) * TAG_BYTES)),
  };
}
