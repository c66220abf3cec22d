import { ByteMap } from '../../../../lib/byte-map';
import { sameBytes, toHex } from '../../../../lib/bytes';
import { PeerNetwork } from '../../../../lib/network/peer-network';
import { readEnvelopeHeader } from '../../../../lib/protocol/envelope/envelope';
import { mailboxOf, storageIdOf } from '../../../../lib/protocol/names';
import type { CodeWord } from '../../../../lib/protocol/codes';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { silentLogger, type KeyPair, type PublicKey } from '../../../../lib/types';
import type { Lie } from './plans/plan';
import type { TownParts } from './town-parts';

/** A node that delays answers when nobody waits for them any more, milliseconds. */
const DELAY_MS = 25_000;
/** What it says it keeps mail for, seconds. */
const KEPT = 86_400;

interface Kept {
  readonly cursor: number;
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
  readonly envelope: Uint8Array;
}

/** A storage node that does not keep its promises: it takes what it is given, and then does what its lie says. */
export class LyingNode {
  readonly publicKey: PublicKey;
  readonly #parts: TownParts;
  readonly #lie: Lie;
  readonly #network: PeerNetwork;
  /** By mailbox, in hexadecimal. */
  readonly #mail = new Map<string, Kept[]>();
  #count = 0;

  constructor(parts: TownParts, lie: Lie) {
    const { crypto, random, time } = parts;
    this.#parts = parts;
    this.#lie = lie;
    const identity: KeyPair = crypto.keyPairFromSecret(random.bytes(32));
    this.publicKey = identity.publicKey;
    this.#network = new PeerNetwork({
      crypto,
      random,
      identity,
      clock: time.clock,
      timers: time.timers,
      flagsFor: () => ({ acceptsStores: true, openNode: false }),
      hasSpoken: () => true,
      allowsPlain: () => false,
      log: silentLogger,
    });
    // The first sealed message proves the session.
    this.#network.events.on('session', ({ peer }) => {
      this.#network.send(peer, {
        kind: 'state',
        holdsMail: true,
        held: 0,
        batches: [],
        hints: [],
        openNodes: [],
      });
    });
    this.#network.events.on('message', ({ peer, message }) => this.#take(peer, message));
  }

  async start(name: string): Promise<void> {
    await this.#network.attach(this.#parts.network.join({ publicKey: this.publicKey, name }));
  }

  #take(peer: PublicKey, message: SessionMessage): void {
    if (this.#lie === 'drop') return;
    const answers = this.#answersTo(peer, message);
    const send = () => {
      for (const answer of answers) this.#network.send(peer, answer);
    };
    if (this.#lie === 'delay') this.#parts.time.timers.after(DELAY_MS, send);
    else send();
  }

  #answersTo(peer: PublicKey, message: SessionMessage): SessionMessage[] {
    switch (message.kind) {
      case 'store':
        return [this.#store(message.request, message.envelope)];
      case 'list': {
        const after = this.#mailOf(peer).filter(({ cursor }) => cursor > message.after);
        const items = after.slice(0, message.max).map((kept) => ({ ...kept, age: 0 }));
        const more = after.length > items.length;
        return [{ kind: 'list-answer', request: message.request, code: 'ok', more, items }];
      }
      case 'fetch':
        return message.storageIds.map((id, position) => this.#fetched(peer, message.request, position, id));
      case 'delete':
        this.#delete(peer, message.storageIds);
        return [
          { kind: 'delete-answer', request: message.request, code: 'ok', deleted: message.storageIds.length },
        ];
      default:
        return [];
    }
  }

  #store(request: number, envelope: Uint8Array): SessionMessage {
    const storageId = storageIdOf(this.#parts.crypto, envelope);
    const { mailbox, tag } = readEnvelopeHeader(envelope);
    const answer = (code: CodeWord, kept: number): SessionMessage => ({
      kind: 'store-answer',
      request,
      code,
      storageId,
      kept,
      wait: 0,
    });
    if (this.#lie === 'full') return answer('node-full', 0);
    if (this.#lie !== 'discard') {
      const box = this.#boxOf(toHex(mailbox));
      if (!box.some((kept) => sameBytes(kept.storageId, storageId)))
        box.push({ cursor: (this.#count += 1), storageId, tag: tag.slice(), envelope: envelope.slice() });
    }
    return answer('ok', KEPT);
  }

  #fetched(peer: PublicKey, request: number, position: number, id: Uint8Array): SessionMessage {
    const kept = this.#mailOf(peer).find(({ storageId }) => sameBytes(storageId, id));
    const nothing = { kind: 'fetched', request, position, age: 0, envelope: new Uint8Array() } as const;
    if (kept === undefined || this.#lie === 'deny') return { ...nothing, code: 'not-found' };
    const envelope = kept.envelope.slice();
    if (this.#lie === 'alter') envelope[envelope.length - 1]! ^= 1;
    return { ...nothing, code: 'ok', envelope };
  }

  /** One that replays lists what was deleted again, as if it had just come. */
  #delete(peer: PublicKey, ids: readonly Uint8Array[]): void {
    const deleted = new ByteMap<true>();
    for (const id of ids) deleted.set(id, true);
    const box = this.#mailOf(peer);
    const rest = box.filter(({ storageId }) => !deleted.has(storageId));
    const again = box.filter(({ storageId }) => deleted.has(storageId));
    const replayed = this.#lie === 'replay' ? again.slice(-10) : [];
    const mailbox = toHex(mailboxOf(this.#parts.crypto, peer));
    this.#mail.set(mailbox, [...rest, ...replayed.map((kept) => ({ ...kept, cursor: (this.#count += 1) }))]);
  }

  #mailOf(peer: PublicKey): Kept[] {
    return this.#boxOf(toHex(mailboxOf(this.#parts.crypto, peer)));
  }

  #boxOf(mailbox: string): Kept[] {
    const box = this.#mail.get(mailbox) ?? [];
    this.#mail.set(mailbox, box);
    return box;
  }
}
