import { folderBytes, metricsText, OutcomeTally, systemPlatform, type AsyncManager } from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { numberOption } from '../options/command-line';
import { dataDirectory } from '../options/data-directory';
import { mailPlaceOf } from '../options/mail-database';
import { tellHealth } from '../session/health';
import { MetricsServer } from '../session/metrics-server';
import { openToServe } from '../session/open-session';
import { roleOf } from '../session/admission';

/** Bytes of a megabyte, and the bounds of the specification in them. */
const MEGABYTE = 1_000_000;

/** Keeps a session online. */
export const serve: Command = {
  name: 'serve',
  usage: '',
  about: 'stay online, keep mail for friends, and answer other commands',
  options: [
    'role',
    'cap',
    'metrics',
    'join-tokens',
    'friends-cap',
    'database',
    'schema',
    'standbys',
    'fleet',
  ],
  logsToOutput: true,
  more: `It ends within 2 s of SIGTERM. A health line comes when something changes, and
every 10 minutes. Other commands on the directory go through it. With the role
everyone, everyone who asks becomes a friend. With a file of tokens (a line:
TOKEN 2027-03-01) only those who prove one do, in either role.`,
  run: async (call) => {
    const { machine, log, options } = call;
    if (call.words.length > 0) throw new Failure(EXIT.usage, 'Usage: tox-async serve');
    const cap = numberOption(options, 'cap', { min: 1, max: 1000 });
    const port = numberOption(options, 'metrics', { min: 0, max: 65_535, whole: true });
    await using session = await openToServe(call, {
      network: true,
      ...(cap !== undefined && { storageCapBytes: cap * MEGABYTE }),
      ...roleOf(call),
      ...(await mailPlaceOf(call)),
    });
    const { manager } = session;
    await using metrics = port === undefined ? undefined : await serveMetrics(call, manager, port);
    log.info(`Serving ${manager.toxId}`);
    log.info(`Engine ${manager.engineName}, cryptography ${manager.providerName}`);
    if (metrics !== undefined) log.info(`Metrics at ${metrics.url}`);
    const endHealth = tellHealth(manager, log);
    await new Promise<void>((resolve) => {
      if (machine.signal.aborted) resolve();
      machine.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    endHealth();
    log.info('Stopping');
    return EXIT.ok;
  },
};

/** The session has a process of its own, so its label says no more than that. */
function serveMetrics(
  { options, machine, log }: Call,
  manager: AsyncManager,
  port: number,
): Promise<MetricsServer> {
  const tally = new OutcomeTally();
  manager.events.on('outcome', (outcome) => tally.note(outcome));
  const directory = dataDirectory(options, machine);
  const text = async () =>
    metricsText([
      {
        name: 'serve',
        isOpen: manager.problem === undefined,
        tally,
        manager,
        folderBytes: await folderBytes(systemPlatform.disk, directory),
      },
    ]);
  return MetricsServer.start(port, text, (error) =>
    log.warn(`A connection for metrics failed: ${error.message}`),
  );
}
