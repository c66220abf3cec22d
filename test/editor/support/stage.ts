import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { INSTALLED, RUNTIMES } from '../../../scripts/support/node-red/editor-stage';
import { exampleNodes } from '../../../scripts/support/examples';
import { NodeRedProcess } from '../../../scripts/support/node-red/node-red-process';
import { CACHE, MANIFEST } from '../../../scripts/support/project';
import { startBrowser } from './browser';
import { Editor, type EditorOptions } from './editor';

/** A Node-RED with the package as users install it, and a browser for its editor. */
export class Stage {
  readonly #editors: Editor[] = [];

  private constructor(
    readonly version: string,
    readonly red: NodeRedProcess,
    readonly browser: Browser,
  ) {}

  static async start(version: string, settings: Record<string, unknown> = {}): Promise<Stage> {
    const userDir = path.join(CACHE, 'editor', version.replace(/\W+/g, '-').toLowerCase());
    await rm(userDir, { recursive: true, force: true });
    const modules = path.join(userDir, 'node_modules');
    await mkdir(modules, { recursive: true });
    await symlink(INSTALLED, path.join(modules, MANIFEST.name), 'junction');
    const editorTheme = { tours: false, userMenu: false, codeEditor: { lib: 'ace' } };
    const runtime = await RUNTIMES[version]?.();
    const red = await NodeRedProcess.start({
      userDir,
      startLimitMs: 120_000,
      settings: { editorTheme, nodesDir: await exampleNodes(), ...settings },
      ...runtime,
    });
    return new Stage(version, red, await startBrowser());
  }

  async open(options?: EditorOptions): Promise<Editor> {
    const editor = await Editor.open(this.browser, this.red, options);
    this.#editors.push(editor);
    return editor;
  }

  /** Closes the editors, and takes their flows away. */
  async clear(): Promise<void> {
    for (const editor of this.#editors.splice(0)) await editor.close();
    await this.red.deploy([]);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.red.stop();
  }
}

/** The themes that a version has. */
export function themesOf({ version }: Stage): readonly ('light' | 'dark')[] {
  return version === 'Node-RED 4.1' ? ['light'] : ['light', 'dark'];
}

const stages = new Map<string, Promise<Stage>>();

after(async () => {
  for (const stage of stages.values()) await (await stage).close();
});

const VERSIONS = Object.keys(RUNTIMES);
const FULL = process.env.FULL === '1';

/** The same where tests are many: without FULL=1 in the first version only. */
export function inOneEditor(title: string, body: (stage: () => Stage) => void): void {
  inEditors(FULL ? VERSIONS : VERSIONS.slice(0, 1), title, body);
}

/** Tests in the editor of each version. */
export function inEachEditor(title: string, body: (stage: () => Stage) => void): void {
  inEditors(VERSIONS, title, body);
}

/** A version starts once for all files. */
function inEditors(versions: readonly string[], title: string, body: (stage: () => Stage) => void): void {
  for (const version of versions) {
    describe(`${title}, in ${version}`, function () {
      this.timeout(120_000);
      let stage: Stage | undefined;
      before(async function () {
        this.timeout(300_000);
        const starting = stages.get(version) ?? Stage.start(version);
        stages.set(version, starting);
        stage = await starting;
      });
      afterEach(() => stage?.clear());
      body(() => {
        if (stage === undefined) throw new Error('The stage has not started.');
        return stage;
      });
    });
  }
}
