import { createHash } from 'node:crypto';
import { concat } from '../../bytes';
import type { NewMail } from '../../storage/message-engine';

/** 32 bytes from a word: a mailbox, a key or a mark that a test can name. */
export function bytesOf(word: string, length = 32): Uint8Array {
  return new Uint8Array(createHash('sha256').update(word).digest()).slice(0, length);
}

/** Bytes with an envelope's header; the rest says which one it is. */
export function envelopeFor(mailbox: Uint8Array, word: string, size = 287): Uint8Array {
  const header = concat(
    new Uint8Array([1]),
    mailbox,
    bytesOf(`tag ${word}`, 16),
    bytesOf(`ephemeral ${word}`),
  );
  const body = new Uint8Array(size - header.length);
  body.set(bytesOf(word));
  return concat(header, body);
}

/** An envelope's storage id, 16 bytes. */
export function storageIdOfBytes(envelope: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(envelope).digest()).slice(0, 16);
}

/** What a piece of mail is; each has a default. */
export interface MailOptions {
  /** The word that names the mailbox; default 'bob'. */
  readonly to?: string;
  /** The word that names the submitter; default 'alice'. */
  readonly from?: string;
  /** Default 100. */
  readonly keepSeconds?: number;
  /** Bytes of the envelope; default 287. */
  readonly size?: number;
}

/** Mail that a test can name. */
export function mail(word: string, options: MailOptions = {}): NewMail {
  const { to = 'bob', from = 'alice', keepSeconds = 100, size = 287 } = options;
  const mailbox = bytesOf(to);
  const envelope = envelopeFor(mailbox, word, size);
  return {
    mailbox,
    storageId: storageIdOfBytes(envelope),
    submitter: bytesOf(from, 16),
    envelope,
    keepSeconds,
  };
}
