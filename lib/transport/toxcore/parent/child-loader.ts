/** The file of the child process, compiled or as TypeScript, and the options for Node that it needs. */
export function childModule(): { readonly file: string; readonly execArgv: string[] } {
  const file = require.resolve('../child/child');
  return { file, execArgv: file.endsWith('.ts') ? loadersIn(process.execArgv) : [] };
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
