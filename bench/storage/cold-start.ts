import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { EngineName } from './node';

export interface ColdStart {
  /** From the call that opens the data directory to the counts of all mail. */
  readonly milliseconds: number;
  /** RssAnon, bytes. */
  readonly memory: number;
  /** The same after 10,000 stores and 1,000 mailboxes read. */
  readonly memoryAfterWork: number;
}

/** Opens a data directory in a fresh process. */
export async function coldStart(name: EngineName, folder: string): Promise<ColdStart> {
  const child = fork(require.resolve('./cold-start-child'), [name, folder]);
  const [result] = (await once(child, 'message')) as [ColdStart];
  await once(child, 'exit');
  return result;
}
