/**
 * `open-session.ts FOLDER...` opens each data directory as a session and says one OpenedSession as JSON for each. A
 * folder whose name ends in "-sealed" is opened with the passphrase. A process of its own: it may run as another user.
 */
import { writeSync } from 'node:fs';
import { ToxAsyncError } from '../../../lib/errors';
import { AsyncManager } from '../../../lib/manager/async-manager';
import { silentLogger } from '../../../lib/types';

export const PASSPHRASE = 'correct horse';

export type OpenedSession =
  | {
      readonly toxId: string;
      readonly friends: readonly (string | undefined)[];
      readonly queued: number;
      readonly warnings: readonly string[];
    }
  /** `code` is missing when the error is not one of ours. */
  | { readonly code: string | undefined; readonly text: string };

async function open(dataDir: string): Promise<OpenedSession> {
  const warnings: string[] = [];
  try {
    const manager = await AsyncManager.create({
      dataDir,
      log: { ...silentLogger, warn: (text) => warnings.push(text) },
      ...(dataDir.endsWith('-sealed') ? { passphrase: PASSPHRASE } : {}),
    });
    const { toxId } = manager;
    const friends = manager.friends().map(({ name }) => name);
    const { queued } = manager.counts();
    await manager.stop();
    return { toxId, friends, queued, warnings };
  } catch (error) {
    return { code: error instanceof ToxAsyncError ? error.code : undefined, text: String(error) };
  }
}

async function main(): Promise<void> {
  for (const folder of process.argv.slice(2)) writeSync(1, `${JSON.stringify(await open(folder))}\n`);
}

if (require.main === module) void main();
