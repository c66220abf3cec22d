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

const LOADERS = new Set(['-r', '--require', '--import']);

/** Only a loader for TypeScript may come along: a debugger's port is taken, and `--eval` would run the host again. */
export function loadersIn(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((argument, i) => {
    const [name = '', value] = argument.split(/=(.*)/s);
    if (!LOADERS.has(name)) return [];
    return value === undefined ? execArgv.slice(i, i + 2) : [argument];
  });
}
