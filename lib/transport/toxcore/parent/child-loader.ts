import { loadersIn } from '../../../platform/system/loaders';

/**
 * Its packets are copied and forgotten at once: with V8's own 16 MB it would hold tens of megabytes of them before it
 * looks which are in use.
 */
const SMALL_HEAP = ['--max-semi-space-size=1'];

/** The file of the child process, compiled or as TypeScript, and the options for Node that it needs. */
export function childModule(): { readonly file: string; readonly execArgv: string[] } {
  const file = require.resolve('../child/child');
  return { file, execArgv: [...SMALL_HEAP, ...(file.endsWith('.ts') ? loadersIn(process.execArgv) : [])] };
}
