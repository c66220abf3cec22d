import assert from 'node:assert/strict';
import { decodeExchange } from '../../../../lib/protocol/keys/exchange';
import type { IssuedKey } from '../../../../lib/forward-security/key-records';
import type { WriteBatch } from '../../../../lib/store/store';
import { DAY, pair, type KeyPeer } from './key-peer';

/** What an envelope says in these simulations; its bytes are made only where `sealed` asks for them. */
export type Content =
  | { readonly kind: 'text' }
  | { readonly kind: 'receipts'; readonly held: number; readonly batches: readonly number[] }
  | { readonly kind: 'keys'; readonly held: number; readonly exchange: Uint8Array };

interface Posted {
  readonly content: Content;
  readonly tag: Uint8Array;
  readonly envelope: Uint8Array | undefined;
}

export const MAIL_KEYS = 40;
const MAIL_RECEIPTS_EVERY = 600;
const MAIL_LIFE = 7 * DAY;

/** One of two friends, with its keys alone: what it posts lies there until the other one takes it. */
export class MailSide {
  readonly post: Posted[] = [];
  friend!: MailSide;
  /** Texts that no key was there for. */
  waiting = 0;
  taken = 0;
  #underWay: { readonly batch: number; readonly at: number } | undefined;
  #owed: number[] = [];
  #receiptsAt = -Infinity;
  #owes = false;

  constructor(
    readonly keys: KeyPeer,
    readonly sealed: boolean,
  ) {}

  /** Two friends who exchanged keys once. */
  static async pair(seed: string, sealed: boolean): Promise<[MailSide, MailSide]> {
    const { alice, bob } = await pair(seed);
    const sides: [MailSide, MailSide] = [new MailSide(alice, sealed), new MailSide(bob, sealed)];
    [sides[0].friend, sides[1].friend] = [sides[1], sides[0]];
    await alice.giveKeys(bob);
    await bob.giveKeys(alice);
    return sides;
  }

  get stock(): number {
    return this.keys.fsm.held.held(this.friend.keys.pk);
  }

  async write<T>(change: (writes: WriteBatch) => T | Promise<T>): Promise<T> {
    const writes = this.keys.store.batch();
    const result = await change(writes);
    await writes.commit();
    return result;
  }

  /** Says what waits, as far as there are keys. */
  async say(texts: number): Promise<void> {
    this.waiting += texts;
    await this.write((writes) => {
      while (this.waiting > 0 && this.#seal(writes, { kind: 'text' })) this.waiting -= 1;
    });
  }

  /** Takes all that the friend posted, in one turn each. */
  async take(): Promise<void> {
    for (const { content, tag, envelope } of this.friend.post.splice(0)) {
      const { fsm } = this.keys;
      await this.write(async (writes) => {
        const opening = envelope && fsm.open(envelope);
        const key = opening === undefined ? fsm.issued.find(tag) : 'key' in opening ? opening.key : undefined;
        assert.ok(key, 'the key of what was posted is alive');
        await this.#take(writes, key, content);
      });
    }
  }

  async #take(writes: WriteBatch, key: IssuedKey, content: Content): Promise<void> {
    const { issued, held } = this.keys.fsm;
    const friend = this.friend.keys.pk;
    issued.consume(writes, [key]);
    if (content.kind === 'text') {
      this.taken += 1;
      this.#owes = true;
      return;
    }
    writes.afterCommit(() => issued.noteHeld(friend, content.held));
    if (content.kind === 'receipts') {
      for (const batch of content.batches) issued.acknowledgeMailed(writes, friend, batch);
      return;
    }
    const exchange = decodeExchange(content.exchange);
    const result = await held.take(writes, exchange);
    assert.ok(result === 'added' || result === 'known', result);
    this.#owed.push(exchange.batch);
    this.#owes = true;
  }

  /** Posts receipts and keys that are due, by the rules of keys by mail. */
  async serve(): Promise<void> {
    const { issued, held } = this.keys.fsm;
    const friend = this.friend.keys.pk;
    const now = this.keys.age;
    const isDone = this.#underWay && !issued.isPending(friend, this.#underWay.batch);
    if (isDone === true || now - (this.#underWay?.at ?? now) >= MAIL_LIFE) this.#underWay = undefined;
    const wanted = issued.shortage(friend, { mail: true });
    if (wanted > 0 && this.#underWay === undefined && held.next(friend, 'keys') !== undefined) {
      await this.write(async (writes) => {
        const pending = issued.pendingMail(friend, MAIL_KEYS);
        if (pending !== undefined) issued.markMailed(writes, friend, pending.batch);
        const count = Math.min(MAIL_KEYS, wanted);
        const { batch, exchange } = pending ?? (await issued.issue(writes, friend, count, { mailed: true }));
        assert.ok(this.#seal(writes, { kind: 'keys', held: this.stock - 1, exchange }));
        this.#underWay = { batch, at: now };
      });
    }
    if (!this.#owes || now - this.#receiptsAt < MAIL_RECEIPTS_EVERY || held.sendable(friend) === 0) return;
    await this.write((writes) =>
      this.#seal(writes, { kind: 'receipts', held: this.stock - 1, batches: this.#owed.splice(0) }),
    );
    this.#owes = false;
    this.#receiptsAt = now;
  }

  #seal(writes: WriteBatch, content: Content): boolean {
    const { fsm } = this.keys;
    const friend = this.friend.keys.pk;
    const use = content.kind === 'keys' ? 'keys' : 'sendable';
    const key = fsm.held.next(friend, use);
    if (key === undefined) return false;
    const made = this.sealed
      ? fsm.seal(writes, {
          recipientPk: friend,
          data: new Uint8Array([0x61]),
          type: 0,
          messageId: this.keys.random.bytes(32),
          lifetime: DAY,
          timestamp: 0,
          use,
        })
      : undefined;
    if (made === undefined) fsm.held.spend(writes, key);
    this.post.push({ content, tag: key.tag, envelope: made?.envelope });
    return true;
  }

  /** What a sweep does once a day. */
  async sweep(): Promise<void> {
    const { issued, held } = this.keys.fsm;
    await this.write((writes) => {
      issued.expire(writes);
      held.expire(writes);
    });
    await this.keys.vault.settled();
  }
}
