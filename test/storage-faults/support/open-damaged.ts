/**
 * `open-damaged.ts FOLDER...` opens each data directory as a session and as a storage node, drains it, and says one
 * Opened as JSON for each. A process of its own, because lmdb may end the one that meets a damaged page.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { toHex } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { AsyncManager } from '../../../lib/manager/async-manager';
import type { StoreEngine } from '../../../lib/store/directory/manifest';
import { FaultNode, RECIPIENTS } from './fault-node';

export type Opened =
  /** `envelopes`: what `nameOf` says of each. */
  | { readonly publicKey: string; readonly envelopes: string[]; readonly busy: number }
  /** `code` is missing when the error is not one of ours. */
  | { readonly code: string | undefined; readonly text: string };

/** Short, and of these very bytes. */
export function nameOf(envelopeInHex: string): string {
  return createHash('sha256').update(envelopeInHex).digest('base64').slice(0, 12);
}

async function openDirectory(folder: string): Promise<Opened> {
  try {
    const manager = await AsyncManager.create({ dataDir: folder });
    const publicKey = toHex(manager.publicKey);
    const engine = manager.engineName as StoreEngine;
    manager.getStorageStats();
    await manager.stop();
    const node = await FaultNode.open(folder, engine);
    const envelopes: string[] = [];
    let busy = 0;
    for (const recipient of RECIPIENTS) {
      try {
        envelopes.push(...(await node.drain(recipient)).map(nameOf));
      } catch {
        busy += 1;
      }
    }
    await node.stop();
    return { publicKey, envelopes, busy };
  } catch (error) {
    return { code: error instanceof ToxAsyncError ? error.code : undefined, text: String(error) };
  }
}

async function main(): Promise<void> {
  for (const folder of process.argv.slice(2)) {
    writeSync(1, `${JSON.stringify(await openDirectory(folder))}\n`);
  }
}

if (require.main === module) void main();
