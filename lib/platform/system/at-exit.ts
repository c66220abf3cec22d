const waiting = new Set<() => void>();

/**
 * Has `run`, which awaits nothing, run when this process ends by itself or by process.exit; not when a signal ends it.
 * One listener for all: of many, Node warns as of a leak.
 * @returns takes it back; idempotent
 */
export function atExit(run: () => void): () => void {
  // A function may be given twice; what is kept is this one time.
  const once = () => run();
  if (waiting.size === 0) process.on('exit', runAll);
  waiting.add(once);
  return () => {
    if (waiting.delete(once) && waiting.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const run of waiting) run();
}
