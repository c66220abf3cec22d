import { spawn } from 'node:child_process';
import { ROOT } from './project';

export interface RunOptions {
  /** Folder to run in; the repository's root when absent. */
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Collects stdout and returns it instead of showing it; stderr goes into the error. */
  quiet?: boolean;
  /** The command is killed after this long. */
  limitMs?: number;
}

/**
 * Runs a command to its end.
 * @returns its stdout when `quiet`, else an empty string
 * @throws Error when it cannot start, ends with another code than 0, or exceeds its limit
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd = ROOT, env = {}, quiet = false, limitMs } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      ...(limitMs === undefined ? {} : { timeout: limitMs, killSignal: 'SIGKILL' as const }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const end = code === null ? `was ended by ${String(signal)}` : `ended with code ${code}`;
      const report = [`${command} ${args.join(' ')} ${end}`, stdout, stderr].filter(Boolean).join('\n');
      if (code === 0) resolve(stdout);
      else reject(new Error(report));
    });
  });
}
