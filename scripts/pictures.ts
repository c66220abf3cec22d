/**
 * `npm run pictures`: draws README's pictures into docs/images, and each example as the editor shows it into
 * docs/images/examples (words: only these, such as `npm run pictures -- readme 01-offline-alert`). Needs Chromium and a
 * built dist/. The examples are shown, not started.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startBrowser } from '../test/editor/support/browser';
import { Editor } from '../test/editor/support/editor';
import { drawTab, showCanvasOnly } from './pictures/canvas';
import { drawReadme } from './pictures/readme';
import { exampleNodes, exampleNames, readExample } from './support/examples';
import { NodeRedProcess } from './support/node-red/node-red-process';
import { CACHE, ROOT } from './support/project';

const USER_DIR = path.join(CACHE, 'pictures');
const PICTURES = path.join(ROOT, 'docs/images/examples');
/** Pixels of a picture for one of the editor. */
const SCALE = 0.75;

async function makePictures(words: readonly string[]): Promise<void> {
  if (words.length === 0 || words.includes('readme')) await drawReadme();
  const names = (await exampleNames()).filter((name) => words.length === 0 || words.includes(name));
  if (names.length > 0) await drawExamples(names);
}

async function drawExamples(names: readonly string[]): Promise<void> {
  await rm(USER_DIR, { recursive: true, force: true });
  await mkdir(USER_DIR, { recursive: true });
  await mkdir(PICTURES, { recursive: true });
  const flows = await Promise.all(names.map((name) => readExample(name)));
  await writeFile(path.join(USER_DIR, 'flows.json'), JSON.stringify(flows.flat()));
  const red = await NodeRedProcess.start({
    userDir: USER_DIR,
    settings: { nodesDir: [ROOT, ...(await exampleNodes())], safeMode: true },
  });
  const browser = await startBrowser();
  try {
    const { page } = await Editor.open(browser, red, { scale: SCALE });
    await showCanvasOnly(page);
    for (const [index, name] of names.entries()) {
      const [tab] = flows[index] ?? [];
      await drawTab(page, String(tab?.id), path.join(PICTURES, `${name}.png`));
      console.log(name);
    }
  } finally {
    await browser.close();
    await red.stop();
  }
}

makePictures(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
