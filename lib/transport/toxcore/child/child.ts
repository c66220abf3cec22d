/**
 * The process that holds libtoxcore, so that a crash in it ends nothing else. It takes commands over a pipe, its
 * file descriptor 3, and ends by itself when that closes. Signals meant for the whole group are the parent's to act upon.
 */
import { Socket } from 'node:net';
import { asToxAsyncError } from '../../../errors';
import { ToxInstance } from './tox-instance';
import { FramedChannel } from '../framed-channel';
import { loadLibrary } from '../binding/library-loader';
import type { Order, Report } from '../process-messages';
import { probeProxy } from './proxy-probe';
import { bindFunctions, versionOf } from '../binding/tox-functions';
import { ToxHandle } from '../binding/tox-handle';
import { openTox } from '../binding/tox-open';

/** With more than this unread by the parent libtoxcore waits, and with it who sends so much, bytes. */
const MOST_UNREAD = 1024 * 1024;

let session: ToxInstance | undefined;

function report(message: Report): void {
  channel.send(message);
}

async function open({ settings, savedata }: Extract<Order, { kind: 'open' }>): Promise<void> {
  try {
    const library = loadLibrary(settings.library);
    const functions = bindFunctions(library);
    if (settings.proxy) await probeProxy(settings.proxy);
    const handle = new ToxHandle(functions, openTox(functions, settings, savedata));
    report({ kind: 'opened', version: versionOf(library).join('.'), profile: handle.profile() });
    session = new ToxInstance(handle, settings, { report, isBehind: () => channel.waiting > MOST_UNREAD });
  } catch (error) {
    const { code, message } = asToxAsyncError(error, 'ErrTransport');
    report({ kind: 'failed', code, text: message });
  }
}

function take(order: Order): void {
  if (order.kind === 'open') void open(order);
  else if (session) session.take(order);
  else if (order.kind === 'stop') channel.disconnect();
}

function end(): void {
  session?.end();
  process.exit();
}

const channel = new FramedChannel(new Socket({ fd: 3 }), {
  onMessage: (order) => take(order as Order),
  onBroken: end,
  onClose: end,
  onDrain: () => session?.goOn(),
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
