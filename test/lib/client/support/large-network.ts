import { sameBytes, toHex } from '../../../../lib/bytes';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { ToxAsyncError } from '../../../../lib/errors';
import type { MessageOf } from '../../../../lib/network/requests';
import type { CodeWord } from '../../../../lib/protocol/codes';
import { storageIdOf } from '../../../../lib/protocol/names';
import { DAY } from './depositor';

const crypto = chooseCryptoProvider();

/** A piece of a large message: its head, or a chunk by its index. */
export type Piece = 'head' | number;
type Answering = (piece: Piece, message: string) => CodeWord | 'silence' | Promise<CodeWord | 'silence'>;

/** Bob and the storage nodes, who answer what the test lets them: requests with pieces of large messages. */
export class LargeNetwork {
  /** Nodes that are connected, a letter each. */
  nodes = '';
  /** What a node says beside `ok` and `known`; by letter. */
  node: Record<string, Answering> = {};
  /** What Bob says. */
  friend: Answering = () => 'ok';
  /** Storage ids that each node has. */
  readonly kept = new Map<string, Set<string>>();
  /** What was asked: `a m head` is the head of message m at node a, `bob m 0` its first chunk to Bob. */
  readonly asked: string[] = [];
  /** Most requests under way at once, by whom they went to. */
  readonly most: Record<string, number> = {};
  readonly #underWay: Record<string, number> = {};
  readonly #bob: Uint8Array;
  readonly #pieceOf: (envelope: Uint8Array) => { name: string; piece: Piece };

  constructor(bob: Uint8Array, pieceOf: (envelope: Uint8Array) => { name: string; piece: Piece }) {
    [this.#bob, this.#pieceOf] = [bob, pieceOf];
  }

  request(peer: Uint8Array, request: Omit<MessageOf<'store'>, 'request'>): Promise<MessageOf<'store-answer'>>;
  request(
    peer: Uint8Array,
    request: Omit<MessageOf<'deliver'>, 'request'>,
  ): Promise<MessageOf<'deliver-answer'>>;
  async request(
    peer: Uint8Array,
    request: Omit<MessageOf<'store'>, 'request'> | Omit<MessageOf<'deliver'>, 'request'>,
  ): Promise<MessageOf<'store-answer'> | MessageOf<'deliver-answer'>> {
    const { envelope } = request;
    const who = sameBytes(peer, this.#bob) ? 'bob' : String.fromCharCode(peer[0] ?? 0);
    const { name, piece } = this.#pieceOf(envelope);
    this.asked.push(`${who} ${name} ${piece}`);
    this.#underWay[who] = (this.#underWay[who] ?? 0) + 1;
    this.most[who] = Math.max(this.most[who] ?? 0, this.#underWay[who]);
    try {
      await Promise.resolve();
      const said = who === 'bob' ? await this.friend(piece, name) : await this.node[who]?.(piece, name);
      if (said === 'silence') throw new ToxAsyncError('ErrTimeout', 'It did not answer.');
      if (request.kind === 'deliver') return { kind: 'deliver-answer', request: 1, code: said ?? 'ok' };
      const storageId = storageIdOf(crypto, envelope);
      const kept = this.kept.get(who) ?? new Set<string>();
      this.kept.set(who, kept);
      const code = said ?? (kept.has(toHex(storageId)) ? 'known' : 'ok');
      const taken = code === 'ok' || code === 'known';
      if (taken) kept.add(toHex(storageId));
      const seconds = taken ? Math.min(request.remaining, DAY) : 0;
      return {
        kind: 'store-answer',
        request: 1,
        code,
        storageId,
        kept: seconds,
        wait: code === 'rate' ? 1 : 0,
      };
    } finally {
      this.#underWay[who] -= 1;
    }
  }
}
