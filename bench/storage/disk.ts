import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { count, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { MailSource, SIZES } from './mail';
import { fill, openNode, type EngineName } from './node';

/** What messages take on the disk, every record and free page included. */
export async function disk(engines: readonly EngineName[], messages: number): Promise<Report> {
  const rows: string[][] = [];
  for (const name of engines) {
    const row: string[] = [name];
    for (const size of SIZES) {
      const bytes = await bytesFor(name, messages, size);
      row.push(`${count(bytes)} (+${count(bytes - size)}, × ${(bytes / size).toFixed(2)})`);
    }
    rows.push(row);
  }
  return {
    title: `Disk, ${count(messages)} messages stored`,
    about: 'Bytes of the store a message, by the length of its envelope; free pages count too.',
    columns: ['engine', ...SIZES.map((size) => `${count(size)} bytes`)],
    rows,
  };
}

function bytesFor(name: EngineName, messages: number, size: number): Promise<number> {
  return withFolder(async (folder) => {
    const node = await openNode(name, folder);
    await fill(node.engine, new MailSource(messages, size), messages);
    await node.close();
    return (await bytesOfStore(folder)) / messages;
  });
}

async function bytesOfStore(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await readdir(folder)) {
    if (file.startsWith('store.')) bytes += (await stat(path.join(folder, file))).size;
  }
  return bytes;
}
