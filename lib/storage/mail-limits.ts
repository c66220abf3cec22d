import { CHUNK_ENVELOPE_BYTES } from '../protocol/envelope/envelope';
import type { MailUsage, NewMail } from './message-engine';
import { judgeShares, type ShareRules, type ShareVerdict } from './node-shares';
import { onDisk } from './storage-capacity';

/** What one envelope must not overrun; the same at every node that shares the engine. */
export interface MailLimits {
  /** Messages of one submitter in one mailbox. */
  readonly perMailbox: number;
  /** Of these, chunks of large messages. */
  readonly chunksPerMailbox: number;
  readonly rules: ShareRules;
  /** Messages, and bytes on the disk, records included. */
  readonly capacity: MailUsage;
  readonly friends: number;
  /** Whether the submitter is one of them. */
  readonly isFriend: boolean;
  /** Marks of the friends other than the submitter who stored anything; asked for only where they decide. */
  readonly otherFriends: () => Iterable<Uint8Array>;
}

/** Why an envelope finds no room. */
export type MailVerdict = ShareVerdict | 'mailbox-share';

/** The counts that decide. */
export interface SubmitterCounts {
  countInMailbox(mailbox: Uint8Array, submitter: Uint8Array): number;
  countChunks(submitter: Uint8Array, mailbox?: Uint8Array): number;
  bytesOfSubmitter(submitter: Uint8Array): MailUsage;
  total(): MailUsage;
}

/** Whether an envelope fits beside what is counted, by the rules of docs/PROTOCOL.md ("Storage service"). */
export function judgeMail(limits: MailLimits, counts: SubmitterCounts, mail: NewMail): MailVerdict {
  const { mailbox, submitter, envelope } = mail;
  if (counts.countInMailbox(mailbox, submitter) >= limits.perMailbox) return 'mailbox-share';
  const isChunk = envelope.length === CHUNK_ENVELOPE_BYTES;
  if (isChunk && counts.countChunks(submitter, mailbox) >= limits.chunksPerMailbox) return 'mailbox-share';
  return judgeShares(
    limits.rules,
    {
      capacity: limits.capacity,
      friends: limits.friends,
      isFriend: limits.isFriend,
      total: onDisk(counts.total()),
      own: onDisk(counts.bytesOfSubmitter(submitter)),
      ...(isChunk && { ownChunks: chunksOnDisk(counts.countChunks(submitter)) }),
      others: () => usageOf(limits.otherFriends(), counts),
    },
    onDisk({ messages: 1, bytes: envelope.length }),
  );
}

function* usageOf(marks: Iterable<Uint8Array>, counts: SubmitterCounts): Generator<MailUsage> {
  for (const mark of marks) yield onDisk(counts.bytesOfSubmitter(mark));
}

function chunksOnDisk(messages: number): MailUsage {
  return onDisk({ messages, bytes: messages * CHUNK_ENVELOPE_BYTES });
}
