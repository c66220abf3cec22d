/**
 * A process for a test: opens files until the system allows no more, starts libtoxcore's process and prints what comes
 * of it. Its limit is to be a small one.
 */
import { openSync, writeSync } from 'node:fs';
import { systemTimers } from '../../../../../lib/platform/timers';
import { completeSettings } from '../../../../../lib/transport/toxcore/toxcore-settings';
import { ToxChild } from '../../../../../lib/transport/toxcore/parent/tox-child';
import { silentLogger } from '../../../../../lib/types';

async function start(): Promise<void> {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // No more.
  }
  const child = new ToxChild({
    settings: completeSettings({ bootstrap: [] }),
    savedata: new Uint8Array(),
    timers: systemTimers,
    log: silentLogger,
    onEvents: () => undefined,
    onEnd: (reason) => writeSync(1, `end: ${reason}\n`),
    module: { file: __filename, execArgv: [] },
  });
  await child.open().catch((error: unknown) => writeSync(1, `error: ${String(error)}\n`));
  setImmediate(() => writeSync(1, 'goes on\n'));
}

// The loader for TypeScript opens some of its own files after the first module has run.
setImmediate(() => void start());
