/**
 * `npm run demo`: an alert reaches a friend who was offline, in a real Node-RED that is killed meanwhile. Every step
 * waits for what it shows; the first that does not come ends the demo with code 1.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../support/project';
import { loadExample } from './example';
import { Story } from './story';
import { Transcript } from './transcript';

const TAIL = 40;

async function demo(): Promise<void> {
  const transcript = new Transcript();
  const example = await loadExample();
  await mkdir(CACHE, { recursive: true });
  const scratch = await mkdtemp(path.join(CACHE, 'demo-'));
  const story = new Story(transcript, example, scratch);
  try {
    await story.tell();
  } catch (error) {
    report(error, transcript, story, scratch);
    await story.runtime?.kill();
    return;
  }
  await rm(scratch, { recursive: true, force: true });
  console.log(`\nAll of it held, in ${transcript.seconds.toFixed(1)} s.`);
}

function report(error: unknown, transcript: Transcript, { runtime }: Story, scratch: string): void {
  process.exitCode = 1;
  console.error(`\nFAILED after ${transcript.seconds.toFixed(1)} s at step ${transcript.step}`);
  console.error(error instanceof Error ? error.message : error);
  const lines = runtime?.red.lines.slice(-TAIL) ?? [];
  if (lines.length > 0)
    console.error(`\nNode-RED's log ends:\n${lines.map(({ text }) => `  | ${text}`).join('\n')}`);
  console.error(`\nEverything it wrote is left in ${scratch}`);
}

// The end of this process ends the Node-RED that it started.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

demo().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
