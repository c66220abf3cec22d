import { nodeError } from '../node-error';

/**
 * Runs what a timer, an event or the runtime calls. It never throws: nobody above it would catch that, and it would end
 * the whole of Node-RED.
 * @param tell hears of an error; when that fails in its turn, the process gives out a warning
 */
export function guarded(run: () => void, tell: (error: Error) => void = warnOf): void {
  try {
    run();
  } catch (thrown) {
    const error = nodeError(thrown);
    try {
      tell(error);
    } catch {
      warnOf(error);
    }
  }
}

function warnOf(error: Error): void {
  process.emitWarning(error);
}
