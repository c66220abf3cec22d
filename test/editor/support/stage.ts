import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { INSTALLED, RUNTIMES } from '../../../scripts/support/node-red/editor-stage';
import { exampleNodes } from '../../../scripts/support/examples';
import { NodeRedProcess } from '../../../scripts/support/node-red/node-red-process';
import { CACHE, MANIFEST } from '../../../scripts/support/project';
import { startBrowser } from './browser';
import { Editor, type EditorOptions } from './editor';

/** A Node-RED with the package as users install it, and a browser for its editor, with one page for each language. */
export class Stage {
  readonly #editors = new Map<string, Editor>();
  #shown: { readonly asked: string; readonly editor: Editor } | undefined;

  private constructor(
    readonly version: string,
    readonly red: NodeRedProcess,
    readonly browser: Browser,
    readonly userDir: string,
  ) {}

  static async start(version: string): Promise<Stage> {
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
      settings: { editorTheme, nodesDir: await exampleNodes() },
      ...runtime,
    });
    return new Stage(version, red, await startBrowser(), userDir);
  }

  /** Starts these flows with sessions that have no past, and loads the editor. */
  async open(flows: readonly unknown[], options: EditorOptions = {}): Promise<Editor> {
    this.forget();
    for (const editor of this.#editors.values()) await editor.leave();
    await this.red.deploy([]);
    // A session goes on where the last one of its id ended: online or not, and with what it had to send.
    await rm(path.join(this.userDir, MANIFEST.name), { recursive: true, force: true, maxRetries: 10 });
    if (flows.length > 0) await this.red.deploy(flows);
    const { language = 'en-US', theme } = options;
    const known = this.#editors.get(language);
    if (known !== undefined) {
      await known.load(theme);
      return known;
    }
    const editor = await Editor.open(this.browser, this.red, options);
    this.#editors.set(language, editor);
    return editor;
  }

  /**
   * For tests that change neither flows nor sessions: the page that the test before this one got by the same call, with
   * its dialogs closed; else as `open`.
   */
  async share(flows: readonly unknown[], options: EditorOptions = {}): Promise<Editor> {
    const { language = 'en-US', theme = 'light' } = options;
    const asked = JSON.stringify([flows, language, theme]);
    if (this.#shown?.asked === asked) await this.#shown.editor.closeDialogs();
    else this.#shown = { asked, editor: await this.open(flows, options) };
    return this.#shown.editor;
  }

  /** Nobody shares the page as it is now. */
  forget(): void {
    this.#shown = undefined;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.red.stop();
  }
}

type Theme = 'light' | 'dark';

const stages = new Map<string, Promise<Stage>>();

after(async () => {
  for (const stage of stages.values()) await (await stage).close();
});

/** @param themes those that the version has */
type Body = (stage: () => Stage, themes: readonly Theme[]) => void;

const VERSIONS = Object.keys(RUNTIMES);
const FULL = process.env.FULL === '1';

/** The themes that a version has; without FULL=1 each theme is looked at in one version. */
function themesOf(version: string): readonly Theme[] {
  if (version === 'Node-RED 4.1') return ['light'];
  return FULL ? ['light', 'dark'] : ['dark'];
}

/** The same where tests are many: without FULL=1 in the first version only. */
export function inOneEditor(title: string, body: Body): void {
  inEditors(FULL ? VERSIONS : VERSIONS.slice(0, 1), title, body);
}

/** Tests in the editor of each version. */
export function inEachEditor(title: string, body: Body): void {
  inEditors(VERSIONS, title, body);
}

/** A version starts once for all files. */
function inEditors(versions: readonly string[], title: string, body: Body): void {
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
      afterEach(function () {
        if (this.currentTest?.state === 'failed') stage?.forget();
      });
      body(() => {
        if (stage === undefined) throw new Error('The stage has not started.');
        return stage;
      }, themesOf(version));
    });
  }
}
