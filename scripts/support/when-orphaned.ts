/**
 * Calls `run` once when the process that started this one has ended. A signal to npm ends only the shell between npm and a
 * script, which does not pass it on.
 * @param parent id of the parent process now
 * @param everyMs how often to look, milliseconds
 */
export function whenOrphaned(run: () => void, parent = () => process.ppid, everyMs = 500): void {
  const first = parent();
  const timer = setInterval(() => {
    if (parent() === first) return;
    clearInterval(timer);
    run();
  }, everyMs);
  timer.unref();
}
