import { TimeLimit } from '../../platform/time-limit';
import type { ManagerParts } from './build-session';
import type { SessionTransport } from './session-transport';

/** How long a stop waits for what is under way, milliseconds. */
const STOP_MS = 5000;
/** How long it waits for the files to close when that time is over. */
const LATE_CLOSE_MS = 1000;

/**
 * Finishes what is under way, closes the directory and releases its lock. It always ends, and never rejects: what
 * cannot be finished, written or erased in time is left to the next start, and the log says so.
 * @param disconnect runs when nothing new is reported any more
 */
export async function stopSession(
  parts: ManagerParts,
  transport: SessionTransport,
  disconnect: () => void,
): Promise<void> {
  const { client, service, fleet, mailPlace, directory, platform, log } = parts;
  const finish = async (step: Promise<boolean>) => {
    try {
      if (await step) return;
      log.warn(
        `The session in ${directory.path} stops before all is finished. The next start goes on with it.`,
      );
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      log.warn(`The session in ${directory.path} could not finish everything. The next start does: ${text}`);
    }
  };
  const limit = new TimeLimit(platform.timers, STOP_MS);
  // In this order: nothing new comes in and requests end, what is under way finishes, then the files close.
  const endFleet = () => fleet?.stop() ?? Promise.resolve();
  for (const step of [
    () => transport.stop(),
    () => client.stop(),
    () => service.stop(),
    endFleet,
    () => mailPlace.close().then(() => true),
  ]) {
    await finish(limit.waitFor(step()));
  }
  disconnect();
  await finish(directory.close(limit.isOver ? LATE_CLOSE_MS : STOP_MS).then(() => true));
  limit.end();
}
