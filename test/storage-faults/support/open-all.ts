import { spawnSync } from 'node:child_process';

export interface OpenAllOptions {
  /** A module that opens each folder given to it and writes one line of JSON for each. */
  readonly program: string;
  readonly folders: readonly string[];
  /** The user that it runs as. */
  readonly uid?: number;
}

/** Opens folders in as few processes as their deaths allow; for one that ends its process it says the signal. */
export function openAll<Opened>(options: OpenAllOptions): (Opened | { readonly signal: string })[] {
  const { program, folders, uid } = options;
  const outcomes: (Opened | { readonly signal: string })[] = [];
  while (outcomes.length < folders.length) {
    const rest = folders.slice(outcomes.length);
    const { error, stdout, stderr, signal, status } = spawnSync(
      process.execPath,
      ['--require', 'tsx/cjs', program, ...rest],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(uid === undefined ? {} : { uid, gid: uid }),
      },
    );
    if (error) throw error;
    const lines = stdout.split('\n').filter((line) => line !== '');
    outcomes.push(...lines.map((line) => JSON.parse(line) as Opened));
    if (signal !== null) outcomes.push({ signal });
    else if (lines.length < rest.length) throw new Error(`${program} ended early, with ${status}: ${stderr}`);
  }
  return outcomes;
}
