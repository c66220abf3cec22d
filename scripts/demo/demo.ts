/**
 * `npm run demo`: an alert reaches a friend who was offline, in a real Node-RED that is killed on the way. Every step
 * waits for what it shows; the first that does not come ends the demo with code 1. With `--tox` each of the three has
 * a Node-RED of its own, and real Tox is between them, in a network namespace that nothing leaves.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { BootstrapDaemon } from '../../test/network/support/bootstrap-daemon';
import { CACHE } from '../support/project';
import {
  HOW_TO_INSTALL,
  inNamespace,
  isInNamespace,
  missingForTox,
  NETWORK_PROGRAMS,
} from '../support/real-tox';
import { loadExample } from './example';
import { type Stage, VirtualStage } from './stage';
import { Story } from './story';
import { ToxStage } from './tox-stage';
import { Transcript } from './transcript';

const TAIL = 40;

async function demo(onTox: boolean): Promise<void> {
  const transcript = new Transcript();
  const example = await loadExample();
  await mkdir(CACHE, { recursive: true });
  const scratch = await mkdtemp(path.join(CACHE, 'demo-'));
  const daemon = onTox ? await BootstrapDaemon.start() : undefined;
  const stage = daemon
    ? new ToxStage(transcript, example, scratch, daemon.node)
    : new VirtualStage(transcript, example, scratch);
  try {
    await new Story(transcript, stage, scratch).tell();
  } catch (error) {
    report(error, transcript, stage, scratch);
    await Promise.all(stage.runtimes.map((runtime) => runtime.kill()));
    return;
  } finally {
    await daemon?.stop();
  }
  await rm(scratch, { recursive: true, force: true });
  console.log(`\nAll of it held, in ${transcript.seconds.toFixed(1)} s.`);
}

function report(error: unknown, transcript: Transcript, { runtimes }: Stage, scratch: string): void {
  process.exitCode = 1;
  console.error(`\nFAILED after ${transcript.seconds.toFixed(1)} s at step ${transcript.step}`);
  console.error(error instanceof Error ? error.message : error);
  for (const { red } of runtimes) {
    const lines = red.lines.slice(-TAIL).map(({ text }) => `  | ${text}`);
    console.error(`\nThe log of Node-RED ${red.pid} ends:\n${lines.join('\n')}`);
  }
  console.error(`\nEverything it wrote is left in ${scratch}`);
}

/** Runs this command again where nothing leaves the machine. @throws Error that names what is missing for that */
function againInNamespace(): void {
  const missing = missingForTox(NETWORK_PROGRAMS);
  if (missing.length > 0) {
    throw new Error(`The demo on real Tox needs ${missing.join(', ')}: ${HOW_TO_INSTALL}.`);
  }
  const { file, args, env } = inNamespace([process.execPath, ...process.execArgv, ...process.argv.slice(1)]);
  const { status, error } = spawnSync(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) throw error;
  process.exitCode = status ?? 1;
}

async function main(): Promise<void> {
  const onTox = process.argv.includes('--tox');
  if (onTox && !isInNamespace) againInNamespace();
  else await demo(onTox);
}

// The end of this process ends the Node-RED that it started.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
