import { toHex } from '../../../../lib/bytes';
import type { Item } from '../../../../lib/client/receiving/mail-list';
import { OwedDeletes } from '../../../../lib/client/journal/owed-deletes';
import { HeadTurns } from '../../../../lib/client/receiving/large/head-turns';
import type { Received } from '../../../../lib/client/receiving/receive-result';
import { Retriever } from '../../../../lib/client/receiving/retriever';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { ToxAsyncError } from '../../../../lib/errors';
import type { MessageOf, Request, RequestKind } from '../../../../lib/network/requests';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import {
  ENVELOPE_SIZES,
  readEnvelopeHeader,
  writeEnvelopeHeader,
} from '../../../../lib/protocol/envelope/envelope';
import type { CodeWord } from '../../../../lib/protocol/codes';
import { storageIdOf } from '../../../../lib/protocol/names';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';

type WithoutId<K extends RequestKind> = Omit<MessageOf<K>, 'request'>;
type Answer = MessageOf<'list-answer'> | MessageOf<'fetched'>[] | MessageOf<'delete-answer'>;

const crypto = chooseCryptoProvider();

/** Envelopes and their tags are numbers here. */
export function envelopeOf(tag: number): Uint8Array {
  const envelope = new Uint8Array(ENVELOPE_SIZES[0] ?? 0);
  writeEnvelopeHeader(envelope, {
    mailbox: new Uint8Array(32),
    tag: tagOf(tag),
    ephemeral: new Uint8Array(32),
  });
  return envelope;
}

export function tagOf(tag: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, tag);
  return bytes;
}

const tagIn = (envelope: Uint8Array) => numberIn(readEnvelopeHeader(envelope).tag);
const numberIn = (tag: Uint8Array) => new DataView(tag.buffer, tag.byteOffset).getUint32(0);

/** A storage node; tests replace what it should not do as an honest one. */
export class MailNode {
  readonly pk: Uint8Array;
  mail: Uint8Array[] = [];
  /** Cursors rise with every deposit, and go on when mail is deleted. */
  first = 1;
  online = true;
  /** What was asked of it, in order: 'list 0', 'fetch 1,2', 'delete 2'. */
  readonly asked: string[] = [];
  /** Awaited before each answer; it may throw. */
  before: (request: Request) => Promise<void> | void = () => undefined;
  item = (envelope: Uint8Array, cursor: number): Item => ({
    cursor,
    storageId: storageIdOf(crypto, envelope),
    tag: readEnvelopeHeader(envelope).tag.slice(),
    age: 0,
  });
  serve = (envelope: Uint8Array | undefined): Uint8Array | undefined => envelope;
  listCode: CodeWord = 'ok';
  deleteCode: CodeWord = 'ok';
  more = (rest: number) => rest > 0;

  constructor(number: number) {
    this.pk = new Uint8Array(32).fill(number);
  }

  /** Adds mail at the end. */
  hold(...tags: number[]): void {
    this.mail.push(...tags.map(envelopeOf));
  }

  /** What was asked of it since the last call. */
  heard(): string[] {
    return this.asked.splice(0);
  }

  async answer(request: Request): Promise<Answer> {
    this.asked.push(describeRequest(request, this.mail));
    if (!this.online) throw new ToxAsyncError('ErrNotConnected', 'no session');
    await this.before(request);
    if (request.kind === 'list') {
      const all = this.mail.map((envelope, i) => this.item(envelope, this.first + i));
      const rest = all.filter(({ cursor }) => cursor > request.after);
      const items = rest.slice(0, request.max);
      const more = this.more(rest.length - items.length);
      return { kind: 'list-answer', request: 1, code: this.listCode, items, more };
    }
    if (request.kind === 'fetch') {
      return request.storageIds.map((id, position) => {
        const envelope = this.serve(this.#find(id));
        const code = envelope === undefined ? 'not-found' : 'ok';
        const answer = { kind: 'fetched' as const, request: 1, position, age: 0 };
        return { ...answer, code, envelope: envelope ?? new Uint8Array() };
      });
    }
    return { kind: 'delete-answer', request: 1, code: this.deleteCode, deleted: 0 };
  }

  #find(id: Uint8Array): Uint8Array | undefined {
    return this.mail.find((envelope) => toHex(storageIdOf(crypto, envelope)) === toHex(id));
  }
}

/** Sessions with all nodes. */
class MailNetwork {
  readonly #find: (pk: Uint8Array) => MailNode;

  constructor(find: (pk: Uint8Array) => MailNode) {
    this.#find = find;
  }

  isProven(pk: Uint8Array): boolean {
    return this.#find(pk).online;
  }

  request(pk: Uint8Array, request: WithoutId<'list'>): Promise<MessageOf<'list-answer'>>;
  request(pk: Uint8Array, request: WithoutId<'fetch'>): Promise<MessageOf<'fetched'>[]>;
  request(pk: Uint8Array, request: WithoutId<'delete'>): Promise<MessageOf<'delete-answer'>>;
  request(pk: Uint8Array, request: Request): Promise<Answer> {
    return this.#find(pk).answer(request);
  }
}

function describeRequest(request: Request, mail: readonly Uint8Array[]): string {
  if (request.kind === 'list') return `list ${request.after}`;
  if (request.kind !== 'fetch' && request.kind !== 'delete') return request.kind;
  const tags = request.storageIds.map((id) => {
    const envelope = mail.find((each) => toHex(storageIdOf(crypto, each)) === toHex(id));
    return envelope === undefined ? '?' : tagIn(envelope);
  });
  return `${request.kind} ${tags.join()}`;
}

/** A Retriever with its lists, over nodes and a receiver that the test leads. */
export class Collector {
  readonly time = new SimulatedTime();
  /** Seconds. */
  age = 1000;
  readonly nodes = [new MailNode(1), new MailNode(2)];
  /** Nodes that have a session, and are not polled. */
  readonly unpolled = new Set<MailNode>();
  /** Tags of envelopes that were received, in order. */
  readonly received: number[] = [];
  /** Tags that keys of ours open, with the places of the keys in the order of issue. */
  readonly keys = new Map<number, { order: number; index: number }>();
  /** Tags of mail that was taken before. */
  readonly taken = new Set<number>();
  /** Tags of chunks that are missing, and of pieces of large messages that are here. */
  readonly chunks = new Set<number>();
  readonly pieces = new Set<number>();
  /** Tags of chunks whose message is complete or ended. */
  readonly buried = new Set<number>();
  readonly headTurns = new HeadTurns();
  receive: (tag: number, node: Uint8Array) => Received | Promise<Received> = () => ({ code: 'ok' });
  readonly turnedUp: string[] = [];
  readonly health: string[] = [];
  readonly errors: unknown[] = [];
  readonly deletes: OwedDeletes;
  readonly retriever: Retriever;

  constructor() {
    const store = openMemoryStore(new MemoryVolume());
    const ages = { now: () => this.age };
    this.deletes = new OwedDeletes({ store, ages });
    const note = (what: string) => (node: Uint8Array) => this.health.push(`${node[0]} ${what}`);
    this.retriever = new Retriever({
      crypto,
      timers: this.time.timers,
      random: new SeededRandom('collector'),
      ages,
      store,
      network: new MailNetwork((pk) => this.#node(pk)),
      nodes: {
        polled: () => this.nodes.filter((node) => !this.unpolled.has(node)).map(({ pk }) => pk),
        noteSuccess: note('well'),
        noteFailure: note('failed'),
        noteBroken: note('broken'),
      },
      forwardSecurity: { issued: { find: (tag) => this.keys.get(numberIn(tag)) } },
      receiver: {
        receive: async (envelope, origin) => {
          const tag = tagIn(envelope);
          this.received.push(tag);
          return this.receive(tag, origin.via === 'stored' ? origin.node : new Uint8Array());
        },
      },
      tombstones: {
        findTag: (tag) => {
          const number = numberIn(tag);
          const fields = { sender: new Uint8Array(32), messageId: tag, code: 'ok' } as const;
          if (this.buried.has(number)) return { ...fields, storageId: new Uint8Array(), large: 'chunk' };
          const storageId = storageIdOf(crypto, envelopeOf(number));
          return this.taken.has(number) ? { ...fields, storageId } : undefined;
        },
      },
      assemblies: {
        look: (tag) =>
          this.chunks.has(numberIn(tag)) ? 'missing' : this.pieces.has(numberIn(tag)) ? 'here' : undefined,
      },
      headTurns: this.headTurns,
      deletes: this.deletes,
      receipts: { turnedUp: (_writes, _sender, id) => this.turnedUp.push(`${numberIn(id)}`) },
      room: { turnAway: () => undefined, listen: () => undefined },
      meetings: { sendReceipt: () => undefined },
      hooks: { onReceived: () => undefined, onError: (error) => this.errors.push(error) },
    });
    this.retriever.start();
  }

  /** Keys of ours open these tags, in this order. */
  issue(...tags: number[]): void {
    for (const tag of tags) this.keys.set(tag, { order: this.keys.size, index: 0 });
  }

  /** All nodes are visited. */
  async collect(): Promise<void> {
    const done = this.retriever.retrieve();
    await this.time.advance(1);
    await done;
  }

  #node(pk: Uint8Array): MailNode {
    const node = this.nodes.find((each) => each.pk[0] === pk[0]);
    if (node === undefined) throw new Error('no such node');
    return node;
  }
}
