import type { AsyncManager } from '../../lib/index';
import type { Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { numberOption } from '../options/command-line';
import { openSession } from '../session/open-session';

/** A health line without a change, milliseconds. */
const HEALTH_MS = 600_000;
/** Bytes of a megabyte, and the bounds of the specification in them. */
const MEGABYTE = 1_000_000;

/** Keeps a session online. */
export const serve: Command = {
  name: 'serve',
  usage: '',
  about: 'stay online, keep mail for friends, and answer other commands',
  options: ['cap'],
  logsToOutput: true,
  more: `It ends within 2 s of SIGTERM. A health line comes when it starts, when its
connection or its disk changes, and every 10 minutes. While it runs, send,
receive, friends and the other commands on the directory go through it.`,
  run: async (call) => {
    const { machine, log, options } = call;
    if (call.words.length > 0) throw new Failure(EXIT.usage, 'Usage: tox-async serve');
    const cap = numberOption(options, 'cap', { min: 1, max: 1000 });
    await using session = await openSession(call, {
      network: true,
      storageRole: 'friends',
      ...(cap !== undefined && { storageCapBytes: cap * MEGABYTE }),
    });
    const { manager, holder } = session;
    if (manager === undefined) {
      throw new Failure(
        EXIT.later,
        `Process ${holder?.pid ?? '?'} on ${holder?.host ?? '?'} serves this directory already, since ${holder?.since ?? '?'}.`,
      );
    }
    log.info(`Serving ${manager.toxId}`);
    let told = '';
    const tell = (always: boolean) => {
      const state = `${manager.isOnline()} ${manager.problem?.code ?? ''}`;
      if (!always && state === told) return;
      told = state;
      log.info(healthOf(manager));
    };
    tell(true);
    const { events } = manager;
    const undo = [events.on('changed', () => tell(false)), events.on('transport-status', () => tell(false))];
    const timer = setInterval(() => tell(true), HEALTH_MS);
    await new Promise<void>((resolve) => {
      if (machine.signal.aborted) resolve();
      machine.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    clearInterval(timer);
    for (const each of undo) each();
    log.info('Stopping');
    return EXIT.ok;
  },
};

function healthOf(manager: AsyncManager): string {
  const { counts, online, kept } = manager.snapshot({ outboxRows: 0, inboxRows: 0 });
  const { problem } = manager;
  return [
    `health online=${online ? 'yes' : 'no'}`,
    `friends=${counts.online}/${counts.friends}`,
    `queued=${counts.queued}`,
    `stored=${counts.stored}`,
    `waiting=${counts.waiting}`,
    `kept=${kept.messages}`,
    `problem=${problem?.code ?? 'none'}`,
  ].join(' ');
}
