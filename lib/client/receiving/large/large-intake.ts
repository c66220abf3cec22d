import { MAX_PAYLOAD_SIZE } from '../../../constants';
import type { IssuedKey } from '../../../forward-security/key-records';
import { sameBytes } from '../../../bytes';
import { readEnvelopeHeader } from '../../../protocol/envelope/envelope';
import { chunkTag, openChunk } from '../../../protocol/envelope/large/chunk';
import { readLargeContent, type LargeContent } from '../../../protocol/envelope/large/large-content';
import { chunkCount, chunkRange } from '../../../protocol/envelope/large/large-layout';
import { PLAIN_TYPE } from '../../../protocol/envelope/message-types';
import type { OpenResult } from '../../../protocol/envelope/open';
import { preKeyId, storageIdOf } from '../../../protocol/names';
import { allocateSlot } from '../../../store/vault/slot-box';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Assemblies, Assembly } from '../../journal/assemblies';
import { differenceOf, type Load, NO_LOAD, sumOf } from '../../journal/load';
import type { Tombstones } from '../../journal/tombstones';
import type { InboxRoom } from '../inbox-room';
import type { Arrival, IntakeTurn } from '../intake-turn';
import type { Received } from '../receive-result';
import { putOffLarge } from './ending';
import type { HeadTurns } from './head-turns';
import { completeLarge, type LargeCompletionComponents } from './large-completion';

/** Unfinished messages of one friend; another head puts off the one of which nothing came for longest. */
const MAX_UNFINISHED = 4;

export interface LargeIntakeComponents
  extends LargeCompletionComponents, Pick<BaseComponents, 'ages' | 'crypto' | 'vault'> {
  readonly assemblies: Assemblies;
  readonly tombstones: Pick<Tombstones, 'add' | 'addDead'>;
  readonly room: Pick<InboxRoom, 'hasSpace' | 'takes'>;
  readonly headTurns: Pick<HeadTurns, 'isFree' | 'opened'>;
}

type Opened = Extract<OpenResult, { outcome: 'opened' }>;

/** What a chunk belongs to. */
export interface ChunkPlace {
  readonly assembly: Assembly;
  readonly index: number;
}

/** The part of a batch that large messages have: heads, each alone in its batch, and chunks. */
export class LargeIntake {
  readonly #components: LargeIntakeComponents;
  readonly #turn: IntakeTurn;
  /** Chunks of this batch, by message and index. */
  readonly #pieces = new Map<Assembly, Map<number, Uint8Array>>();
  /** What the heads of their messages say; wiped at the end. */
  readonly #contents = new Map<Assembly, LargeContent>();

  constructor(components: LargeIntakeComponents, turn: IntakeTurn) {
    this.#components = components;
    this.#turn = turn;
  }

  /**
   * A head that opened and whose message is not over.
   * @returns 'busy' where nothing may change
   */
  async takeHead(
    { envelope, origin }: Arrival,
    key: IssuedKey,
    result: Opened,
    content: LargeContent,
  ): Promise<Received> {
    const { assemblies, headTurns, crypto, ages, vault } = this.#components;
    const { writes } = this.#turn;
    const { messageId, lifetime, timestamp, data } = result;
    const sender = key.peer;
    const head = {
      tag: key.tag,
      storageId: storageIdOf(crypto, envelope),
      preKeyId: preKeyId(key.batch, key.index),
    };
    const same = assemblies.find(sender, messageId);
    if (same !== undefined && this.#isSame(same, content)) {
      assemblies.addHead(writes, same, head);
      return { code: 'known' };
    }
    if (origin.via === 'stored' && !headTurns.isFree(sender, origin.node)) return { code: 'busy' };
    const room = content.isDeflated ? MAX_PAYLOAD_SIZE : content.total;
    const others = this.#makeRoom(sender, room, { same, mayPutOff: origin.via === 'direct' });
    if (others === undefined) return { code: 'busy', turnedAway: { sender, bytes: room } };
    const slot = await allocateSlot(vault);
    for (const each of others) putOffLarge(writes, this.#components, this.#turn.memory(sender), each);
    const count = chunkCount({ total: content.total, first: content.first.length });
    const tags = Array.from({ length: count }, (_, index) => chunkTag(crypto, content.key, index));
    const times = { sentAt: timestamp * 1000, lifetime, until: ages.now() + lifetime };
    assemblies.begin(writes, { sender, messageId, head, tags, room, ...times }, data, slot);
    writes.afterCommit(() => headTurns.opened(sender));
    return { code: 'ok' };
  }

  /** Another message has its id now, or it was malformed. */
  putOff(assembly: Assembly): void {
    putOffLarge(this.#turn.writes, this.#components, this.#turn.memory(assembly.sender), assembly);
  }

  /** @param place of its tag, found in this turn */
  async takeChunk({ envelope, origin }: Arrival, { assembly, index }: ChunkPlace): Promise<Received> {
    const { assemblies, room } = this.#components;
    const pieces = this.#piecesOf(assembly);
    const before = pieces.get(index) ?? assemblies.piece(assembly, index);
    const content = this.#contentOf(assembly);
    if (content === undefined) return { code: 'unknown-tag' };
    if (before === undefined || !sameBytes(before, envelope)) {
      if (!this.#opens(content, index, envelope)) return { code: 'forged' };
      if (before === undefined && !room.hasSpace())
        return { code: 'busy', turnedAway: { sender: assembly.sender, bytes: 0 } };
    }
    if (before !== undefined) return { code: 'known' };
    pieces.set(index, envelope);
    if (assembly.kept.length + pieces.size < assembly.tags.length) return { code: 'ok' };
    const completed = await completeLarge(this.#components, this.#turn, {
      assembly,
      content,
      pieces,
      origin,
    });
    if (completed === undefined) pieces.delete(index);
    else this.#pieces.delete(assembly);
    return completed ?? { code: 'busy' };
  }

  /** Chunks that completed nothing join the batch. */
  keep(): void {
    for (const [assembly, pieces] of this.#pieces) {
      if (pieces.size > 0) this.#components.assemblies.keep(this.#turn.writes, assembly, pieces);
    }
    this.#pieces.clear();
  }

  /** The batch is over, whatever became of it. */
  wipe(): void {
    for (const content of this.#contents.values()) this.wipeContent(content);
  }

  wipeContent({ key, first }: LargeContent): void {
    for (const secret of [key, first]) this.#components.crypto.wipe(secret);
  }

  #isSame(assembly: Assembly, { key, total }: LargeContent): boolean {
    const content = this.#contentOf(assembly);
    return (
      content !== undefined && content.total === total && this.#components.crypto.equal(content.key, key)
    );
  }

  /** Who is put off for a head of so many bytes; undefined when there is no room for it all the same. */
  #makeRoom(
    sender: PublicKey,
    bytes: number,
    { same, mayPutOff }: { readonly same: Assembly | undefined; readonly mayPutOff: boolean },
  ): Assembly[] | undefined {
    const { assemblies, room } = this.#components;
    const others = assemblies.of(sender).filter((each) => each !== same);
    const gone = same === undefined ? [] : [same];
    gone.push(...others.splice(0, Math.max(0, others.length - (MAX_UNFINISHED - 1))));
    while (!room.takes(sender, bytes, differenceOf(NO_LOAD, loadOf(gone)))) {
      const next = mayPutOff ? others.shift() : undefined;
      if (next === undefined) return undefined;
      gone.push(next);
    }
    return gone;
  }

  #opens(content: LargeContent, index: number, envelope: Uint8Array): boolean {
    const { crypto } = this.#components;
    const { from, to } = chunkRange({ total: content.total, first: content.first.length }, index);
    const { mailbox } = readEnvelopeHeader(envelope);
    const data = openChunk(crypto, { mailbox, key: content.key, index }, { envelope, length: to - from });
    if (data) crypto.wipe(data);
    return data !== undefined;
  }

  #piecesOf(assembly: Assembly): Map<number, Uint8Array> {
    const pieces = this.#pieces.get(assembly) ?? new Map<number, Uint8Array>();
    this.#pieces.set(assembly, pieces);
    return pieces;
  }

  /** undefined when the vault lost its secret. */
  #contentOf(assembly: Assembly): LargeContent | undefined {
    const known = this.#contents.get(assembly);
    if (known) return known;
    const data = this.#components.assemblies.read(assembly);
    if (data === undefined) return undefined;
    const content = readLargeContent({ type: PLAIN_TYPE.extended, data });
    this.#components.crypto.wipe(data);
    if (typeof content === 'string') return undefined;
    this.#contents.set(assembly, content);
    return content;
  }
}

function loadOf(assemblies: readonly Assembly[]): Load {
  return sumOf(...assemblies.map(({ room }) => ({ messages: 1, bytes: room })));
}
