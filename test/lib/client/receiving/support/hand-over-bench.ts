import { utf8 } from '../../../../../lib/bytes';
import { HandOver } from '../../../../../lib/client/receiving/hand-over';
import { Inbox } from '../../../../../lib/client/journal/inbox';
import type { MessageHandler } from '../../../../../lib/client/messages';
import type { Content } from '../../../../../lib/protocol/envelope/content';
import { allocateSlot } from '../../../../../lib/store/vault/slot-box';
import { chooseCryptoProvider } from '../../../../../lib/crypto/providers/choose-provider';
import { KeyPeer } from '../../../forward-security/support/key-peer';
import { textOf } from '../../../../support/text-of';

const crypto = chooseCryptoProvider();

export const idOf = (text: string) => crypto.sha256(utf8(text));

/** The hand-over of an inbox on a real store, to handlers of the test. */
export class HandOverBench {
  readonly inbox: Inbox;
  readonly handOver: HandOver;
  /** The texts that the handler was given. */
  readonly handed: string[] = [];
  lost = 0;
  readonly errors: string[] = [];
  /** Messages that wait, at each change. */
  readonly waiting: number[] = [];
  /** How often it was asked whether mail that was turned away has room now. */
  looks = 0;

  private constructor(readonly peer: KeyPeer) {
    const { store, vault, time } = peer;
    this.inbox = new Inbox({ crypto, store, vault });
    this.handOver = new HandOver({
      crypto,
      inbox: this.inbox,
      store,
      clock: time.clock,
      timers: time.timers,
      room: { look: () => (this.looks += 1) },
      hooks: {
        onLost: () => (this.lost += 1),
        onError: (error) => this.errors.push(String(error)),
        onHandled: () => this.waiting.push(this.handOver.count('waiting')),
      },
    });
  }

  static async open(): Promise<HandOverBench> {
    return new HandOverBench(await KeyPeer.open('hand-over'));
  }

  /** Puts a message into the inbox. */
  async add(text: string, content: Content, sender = this.peer.pk): Promise<void> {
    const { ref, secret } = await allocateSlot(this.peer.vault);
    const writes = this.peer.store.batch();
    const times = { sentAt: 0, receivedAt: 5 };
    const fields = { sender, messageId: idOf(text), via: 'direct', ...times, ref } as const;
    this.inbox.add(writes, fields, content, secret);
    await writes.commit();
  }

  /** Text messages come. */
  async receive(...texts: string[]): Promise<void> {
    for (const text of texts) await this.add(text, { type: 0, data: utf8(text) });
    this.handOver.offer();
    await this.peer.time.advance(1);
  }

  /** Sets a handler that answers so. */
  handle(answer: MessageHandler): void {
    this.handOver.setHandler((message) => {
      this.handed.push(textOf(message));
      return answer(message);
    });
  }

  /** What a start would find of the inbox on the disk now. */
  reopened(): Inbox {
    const { store, vault } = this.peer;
    return new Inbox({ crypto, store, vault });
  }
}
