const LOADERS = new Set(['-r', '--require', '--import']);

/**
 * What a process that this one starts may take over of its options for Node: only a loader for TypeScript. A debugger's
 * port is taken, `--inspect-brk` would have it wait for a debugger for ever, and `--eval` would run the host again.
 */
export function loadersIn(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((argument, i) => {
    const [name = '', value] = argument.split(/=(.*)/s);
    if (!LOADERS.has(name)) return [];
    return value === undefined ? execArgv.slice(i, i + 2) : [argument];
  });
}
