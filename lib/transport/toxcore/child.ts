/**
 * The process that holds libtoxcore, so that a crash in it ends nothing else. It is told what to do over Node's IPC
 * channel and ends by itself when that closes. Signals meant for the whole group are the parent's to act upon.
 */
import { asToxAsyncError } from '../../errors';
import { ChildSession } from './child-session';
import { loadLibrary } from './library-loader';
import type { Order, Report } from './messages';
import { probeProxy } from './proxy-probe';
import { bindFunctions, versionOf } from './tox-functions';
import { ToxHandle } from './tox-handle';
import { openTox } from './tox-open';

let session: ChildSession | undefined;

function report(message: Report): void {
  // A parent that is gone needs no report; 'disconnect' ends this process.
  if (process.connected) process.send?.(message, () => undefined);
}

async function open({ settings, savedata }: Extract<Order, { kind: 'open' }>): Promise<void> {
  try {
    const library = loadLibrary(settings.library);
    const functions = bindFunctions(library);
    if (settings.proxy) await probeProxy(settings.proxy);
    const handle = new ToxHandle(functions, openTox(functions, settings, savedata));
    report({ kind: 'opened', version: versionOf(library).join('.'), profile: handle.profile() });
    session = new ChildSession(handle, settings, report);
  } catch (error) {
    const { code, message } = asToxAsyncError(error, 'ErrTransport');
    report({ kind: 'failed', code, text: message });
  }
}

process.on('message', (order: Order) => {
  if (order.kind === 'open') void open(order);
  else if (session) session.take(order);
  else if (order.kind === 'stop') process.disconnect();
});
process.on('disconnect', () => {
  session?.end();
  process.exit();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
