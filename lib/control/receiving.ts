import { toBase64, toHex } from '../bytes';
import type { ReceivedMessage } from '../client/messages';
import { ToxAsyncError } from '../errors';
import type { AsyncManager } from '../manager/async-manager';
import type { Timer, Timers } from '../platform/timers';
import type { ControlHooks, ControlMessage } from './requests';

/** A message that was not taken comes again after these times, milliseconds; the last one goes on for ever. */
const AGAIN_AFTER = [60_000, 300_000, 1_800_000];

type ReceivingManager = Pick<AsyncManager, 'setMessageHandler' | 'acknowledge' | 'retrieve' | 'nameOf'> & {
  readonly control: Pick<AsyncManager['control'], 'giveBack'>;
};

/**
 * Hands the messages of a session to one asker, one at a time: the next one when the asker said of the last one whether
 * it took it, however long that takes.
 */
export class Receiving {
  readonly #manager: ReceivingManager;
  readonly #timers: Timers;
  readonly #onMessage: NonNullable<ControlHooks['onMessage']>;
  readonly #signal: AbortSignal;
  #fail: (error: unknown) => void = () => undefined;
  #onTaken: () => void = () => undefined;
  /** The message that is in hand. */
  #handing: Promise<void> = Promise.resolve();
  #inHand = false;
  #ended = false;
  #failures = 0;
  #retry: Timer | undefined;

  /** @throws ErrInvalidArgument the asker takes no messages */
  constructor(manager: ReceivingManager, timers: Timers, { signal, onMessage }: ControlHooks) {
    if (onMessage === undefined) throw new ToxAsyncError('ErrInvalidArgument', 'Nobody takes the messages.');
    this.#manager = manager;
    this.#timers = timers;
    this.#signal = signal;
    this.#onMessage = onMessage;
  }

  /**
   * Resolves when the asker has gone, or with `once` when it took a message.
   * @throws ErrStore, ErrLocalStorageFull a message could not be erased
   */
  async run(once = false): Promise<void> {
    const gone = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      if (once) this.#onTaken = () => this.#end(resolve);
      this.#signal.addEventListener('abort', () => this.#end(resolve), { once: true });
      if (this.#signal.aborted) this.#end(resolve);
    });
    try {
      this.#offer();
      // Those that an asker before this one had in hand when it went.
      this.#offerAgain();
      await gone;
    } finally {
      this.#ended = true;
      this.#retry?.cancel();
      this.#manager.setMessageHandler(undefined);
      // One that was taken is erased before the session may stop.
      await this.#handing;
    }
  }

  #end(resolve: () => void): void {
    this.#ended = true;
    resolve();
  }

  /** A handler that is set anew is offered what waits. */
  #offer(): void {
    this.#manager.setMessageHandler(
      (message) => {
        this.#inHand = true;
        this.#handing = this.#hand(message).catch(this.#fail);
        return 'later';
      },
      () => !this.#inHand,
    );
  }

  async #hand(message: ReceivedMessage): Promise<void> {
    const taken = await this.#onMessage(controlMessage(message, this.#manager.nameOf(message.sender)));
    const { sender, messageId } = message;
    if (taken) await this.#manager.acknowledge(sender, messageId);
    else this.#manager.control.giveBack(sender, messageId);
    this.#inHand = false;
    if (taken) this.#onTaken();
    if (this.#ended) return;
    if (taken) this.#failures = 0;
    else this.#offerAgainLater();
    this.#offer();
  }

  #offerAgainLater(): void {
    this.#retry?.cancel();
    const wait = AGAIN_AFTER[Math.min(this.#failures, AGAIN_AFTER.length - 1)] ?? 0;
    this.#failures += 1;
    this.#retry = this.#timers.after(wait, () => this.#offerAgain());
  }

  #offerAgain(): void {
    this.#manager.retrieve({ again: true }).catch(this.#fail);
  }
}

function controlMessage(message: ReceivedMessage, friendName: string | undefined): ControlMessage {
  const { messageId, sender, label, kind, sentAt, receivedAt, via, redelivered } = message;
  return {
    messageId: toHex(messageId),
    friend: toHex(sender),
    ...(friendName !== undefined && { friendName }),
    ...(label !== undefined && { topic: label }),
    kind,
    ...contentOf(message),
    ...(sentAt !== undefined && { sentAt }),
    receivedAt,
    via,
    ...(redelivered && { redelivered }),
  };
}

function contentOf(message: ReceivedMessage): Pick<ControlMessage, 'text' | 'base64' | 'jsonText'> {
  switch (message.kind) {
    case 'text':
    case 'action':
      return { text: message.content };
    case 'binary':
      return { base64: toBase64(message.content) };
    case 'json':
      return { jsonText: message.jsonText };
  }
}
