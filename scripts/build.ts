/**
 * Builds the package: into dist/ the compiled core, command and nodes, each joined to few files, with the list of bootstrap
 * nodes, and beside the nodes what Node-RED looks for there (dialogs, icons, translations); into resources/, which
 * Node-RED serves to browsers, what runs in the editor.
 */
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { compile } from './support/compile';
import { CACHE, ROOT, tool } from './support/project';
import { run } from './support/run';

const DIST = path.join(ROOT, 'dist');
/** Node-RED looks for this folder in the root of a package. */
const RESOURCES = path.join(ROOT, 'resources');
const EDITOR = path.join(CACHE, 'for-browsers');

async function copyAssets(): Promise<void> {
  const source = path.join(ROOT, 'nodes');
  const target = path.join(DIST, 'nodes');
  await mkdir(target, { recursive: true });
  for (const name of await readdir(source)) {
    if (name.endsWith('.html')) await cp(path.join(source, name), path.join(target, name));
  }
  await cp(path.join(source, 'locales'), path.join(target, 'locales'), { recursive: true });
  await cp(path.join(ROOT, 'icons'), path.join(target, 'icons'), { recursive: true });
}

/**
 * Modules for browsers. They share types with the runtime, and of its code the migrations and how faults are said: of the tree of both that comes
 * out, only what they load is copied.
 */
async function buildEditor(): Promise<void> {
  for (const part of ['sidebar', 'dialogs'])
    await run(tool('tsc'), ['-p', `nodes/editor/${part}/tsconfig.json`]);
  const nodes = path.join(EDITOR, 'nodes');
  for (const name of await readdir(nodes, { recursive: true })) {
    const isLoaded = name.startsWith('editor') || /(migrat(e|ions)|said)\.js$/.test(name);
    if (isLoaded && name.endsWith('.js')) await cp(path.join(nodes, name), path.join(RESOURCES, name));
  }
  const source = path.join(ROOT, 'nodes');
  for (const name of await readdir(path.join(source, 'editor'), { recursive: true })) {
    if (name.endsWith('.css'))
      await cp(path.join(source, 'editor', name), path.join(RESOURCES, 'editor', name));
  }
}

async function build(): Promise<void> {
  for (const folder of [DIST, RESOURCES, EDITOR]) await rm(folder, { recursive: true, force: true });
  await compile(DIST, await buildDate());
  await copyAssets();
  await buildEditor();
}

/**
 * Unix milliseconds: of SOURCE_DATE_EPOCH, else of the commit, so that whoever builds it once more gets the same bytes;
 * now where there is neither.
 */
async function buildDate(): Promise<number> {
  const given = process.env.SOURCE_DATE_EPOCH ?? '';
  const log = ['log', '-1', '--format=%ct'];
  const seconds = given === '' ? await run('git', log, { quiet: true }).catch(() => '') : given;
  return seconds.trim() === '' ? Date.now() : Number(seconds) * 1000;
}

build().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
