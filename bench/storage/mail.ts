import { concat } from '../../lib/bytes';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { systemRandom } from '../../lib/platform/random';
import { ENVELOPE_SIZES, ENVELOPE_VERSION } from '../../lib/protocol/envelope/envelope';
import { storageIdOf } from '../../lib/protocol/names';
import type { NewMail } from '../../lib/storage/message-engine';

const crypto = chooseCryptoProvider();
/** Messages in one mailbox, about. */
export const MAILBOX_MESSAGES = 30;
const SUBMITTERS = 100;
/** Longest time that a node keeps mail, seconds. */
export const KEEP_SECONDS = 86_400;

/** Lengths of envelopes; the first is that of a short text. */
export const SIZES = ENVELOPE_SIZES;
export const SMALLEST = Math.min(...SIZES);

/** Mail to random mailboxes from random submitters: no order in it helps an engine. */
export class MailSource {
  readonly mailboxes: readonly Uint8Array[];
  readonly #submitters: readonly Uint8Array[];
  readonly #sealed: Uint8Array;

  /** @param messages how many there will be */
  constructor(messages: number, size = SMALLEST) {
    const several = (count: number, bytes: number) =>
      Array.from({ length: count }, () => systemRandom.bytes(bytes));
    this.mailboxes = several(Math.ceil(messages / MAILBOX_MESSAGES), 32);
    this.#submitters = several(SUBMITTERS, 16);
    this.#sealed = systemRandom.bytes(size - 1 - 32 - 16);
  }

  next(): NewMail {
    const mailbox = anyOf(this.mailboxes);
    const tag = systemRandom.bytes(16);
    const envelope = concat(Uint8Array.of(ENVELOPE_VERSION), mailbox, tag, this.#sealed);
    return {
      mailbox,
      storageId: storageIdOf(crypto, envelope),
      submitter: anyOf(this.#submitters),
      envelope,
      keepSeconds: KEEP_SECONDS,
    };
  }

  anyMailbox(): Uint8Array {
    return anyOf(this.mailboxes);
  }
}

function anyOf(list: readonly Uint8Array[]): Uint8Array {
  return list[Math.floor(Math.random() * list.length)] ?? new Uint8Array();
}
