import { open } from 'node:fs/promises';
import path from 'node:path';
import { open as openLmdb } from 'lmdb';
import { concat, utf8 } from '../../lib/bytes';
import { systemDisk } from '../../lib/platform/system/system-disk';
import { openLmdbStore } from '../../lib/store/lmdb/lmdb-store';
import { sequenceKey } from '../../lib/store/table';
import { withInFlight } from '../support/measure';
import type { MailSource } from './mail';

/** What a node's disk could do at best: one bare record a message, durable when it resolves. */
export interface Limit {
  readonly name: string;
  put(): Promise<unknown>;
  close(): Promise<void>;
}

/** The limits, those on lmdb with as many messages in them as the node has. */
export async function openLimits(folder: string, source: MailSource, messages: number): Promise<Limit[]> {
  const limits = [
    await fileLimit(path.join(folder, 'file'), source),
    rawLimit('lmdb, appended', path.join(folder, 'appended'), source, appendedKeys()),
    rawLimit('lmdb, by mailbox', path.join(folder, 'by-mailbox'), source, mailboxKeys()),
    await threadLimit('lmdb in its thread, appended', path.join(folder, 'thread'), source, appendedKeys()),
  ];
  for (const limit of limits.slice(1)) await withInFlight(messages, 4096, () => limit.put());
  return limits;
}

type Keys = (mailbox: Uint8Array) => Uint8Array;

function appendedKeys(): Keys {
  let number = 0;
  return () => {
    number += 1;
    return concat(utf8('~'), sequenceKey(number));
  };
}

/** The least with which a mailbox can be listed. */
function mailboxKeys(): Keys {
  let number = 0;
  return (mailbox) => {
    number += 1;
    return concat(mailbox.subarray(0, 16), sequenceKey(number));
  };
}

/** One append and one fdatasync for all that wait. */
async function fileLimit(file: string, source: MailSource): Promise<Limit> {
  const handle = await open(file, 'a');
  let waiting: { bytes: Uint8Array; done: () => void }[] = [];
  let isWriting = false;
  const write = async () => {
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await handle.write(concat(...group.map(({ bytes }) => bytes)));
      await handle.datasync();
      for (const { done } of group) done();
    }
    isWriting = false;
  };
  return {
    name: 'file, append and fdatasync',
    put: () =>
      new Promise<void>((done, reject) => {
        waiting.push({ bytes: source.next().envelope, done });
        if (!isWriting) write().catch(reject);
      }),
    close: () => handle.close(),
  };
}

/** lmdb's own promises in the calling thread, with the options it is best with. */
function rawLimit(name: string, file: string, source: MailSource, keyFor: Keys): Limit {
  const database = openLmdb<Uint8Array, Uint8Array>({
    path: file,
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'binary',
  });
  return {
    name,
    put: () => {
      const { mailbox, envelope } = source.next();
      return database.put(Buffer.from(keyFor(mailbox)), Buffer.from(envelope));
    },
    close: () => database.close(),
  };
}

/** Through the thread that the node's store writes in. */
async function threadLimit(name: string, file: string, source: MailSource, keyFor: Keys): Promise<Limit> {
  const database = await openLmdbStore({ path: file, disk: systemDisk });
  return {
    name,
    put: () => {
      const { mailbox, envelope } = source.next();
      return database.batch().put(keyFor(mailbox), envelope).commit();
    },
    close: () => database.close(),
  };
}
