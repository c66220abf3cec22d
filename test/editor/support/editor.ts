import type { Browser, BrowserContext, ConsoleMessage, Locator, Page } from 'playwright-core';
import type { NodeRedProcess } from '../../../scripts/support/node-red/node-red-process';
import { MANIFEST } from '../../../scripts/support/project';
import { Dialog } from './dialog';
import './red';

export interface EditorOptions {
  readonly language?: 'en-US' | 'de';
  /** Node-RED 4 has a light one only. */
  readonly theme?: 'light' | 'dark';
  /** Pixels of a screenshot for one of the page. */
  readonly scale?: number;
}

/** The editor of a running Node-RED in a browser. */
export class Editor {
  readonly #context: BrowserContext;
  readonly #url: string;
  readonly #complaints: string[] = [];

  private constructor(
    readonly page: Page,
    context: BrowserContext,
    url: string,
  ) {
    this.#context = context;
    this.#url = url;
  }

  /** Resolves when the editor shows its palette and flows. */
  static async open(browser: Browser, red: NodeRedProcess, options: EditorOptions = {}): Promise<Editor> {
    const { language = 'en-US', theme, scale = 1 } = options;
    const context = await browser.newContext({
      locale: language,
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: scale,
      reducedMotion: 'reduce',
    });
    // What compiles the tests calls this in functions that are sent to the page.
    await context.addInitScript('globalThis.__name = (named) => named');
    const page = await context.newPage();
    const editor = new Editor(page, context, red.url);
    page.on('console', (message) => editor.#hear(message));
    page.on('pageerror', (error) => editor.#complaints.push(error.stack ?? error.message));
    page.on('response', (response) => {
      if (response.status() >= 400) editor.#complaints.push(`${response.status()} ${response.url()}`);
    });
    await editor.load(theme);
    return editor;
  }

  /** The page as at a first visit, with what the browser remembers taken away; resolves as `open` does. */
  async load(theme: EditorOptions['theme'] = 'light'): Promise<void> {
    const { page } = this;
    await this.leave();
    await page.evaluate((theme) => {
      localStorage.clear();
      localStorage.setItem('view-dark-theme', theme);
    }, theme);
    this.takeComplaints();
    await page.goto(`${this.#url}/`);
    await page.locator('#red-ui-palette .red-ui-palette-node').first().waitFor();
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
  }

  /** To a page of the same Node-RED without an editor: nothing listens while flows are deployed. */
  async leave(): Promise<void> {
    await this.page.goto(`${this.#url}/settings`);
  }

  /** Exceptions, errors in the console and refused requests since the last call. */
  takeComplaints(): string[] {
    return this.#complaints.splice(0);
  }

  /** Labels of the nodes that the palette shows for this search. */
  async searchPalette(text: string): Promise<string[]> {
    const field = this.page.locator('#red-ui-palette-search input');
    await field.fill('');
    await field.pressSequentially(text);
    // The filter waits for a pause in typing.
    await this.page.waitForTimeout(400);
    const nodes = this.page.locator('#red-ui-palette .red-ui-palette-node:visible .red-ui-palette-label');
    return nodes.allInnerTexts();
  }

  /** Imports one of the package's examples by the Import dialog, into flows of its own. */
  async importExample(name: string): Promise<void> {
    const { page } = this;
    const had = (await this.flows()).length;
    await page.evaluate(() => window.RED?.actions.invoke('core:show-examples-import-dialog'));
    const dialog = page.locator('.ui-dialog:visible');
    const entry = dialog.getByText(name, { exact: true });
    // A click on the package while the dialog is being drawn may open nothing.
    do await dialog.getByText(MANIFEST.name, { exact: true }).click();
    while (!(await isShown(entry)));
    await entry.click();
    await dialog.locator('#red-ui-clipboard-dialog-ok:enabled').click();
    await dialog.waitFor({ state: 'hidden' });
    // An example that is there already is imported as a copy. The editor asks for it only when it has fetched the flow.
    const copy = page.getByRole('button', { name: 'Import copy' });
    while ((await this.flows()).length === had) {
      if (await copy.isVisible()) await copy.click();
      await page.waitForTimeout(100);
    }
  }

  /** Deploys what is there, and resolves when it runs. */
  async deploy(): Promise<void> {
    const { page } = this;
    const answer = page.waitForResponse(
      (each) => each.url().endsWith('/flows') && each.request().method() === 'POST',
    );
    await page.locator('#red-ui-header-button-deploy').click();
    const { ok, status } = await answer.then(async (each) => ({ ok: each.ok(), status: each.status() }));
    if (!ok) throw new Error(`The editor's deploy was answered by ${status}.`);
  }

  /** All nodes as they would be deployed. */
  flows(): Promise<Record<string, unknown>[]> {
    return this.page.evaluate(() => window.RED?.nodes.createCompleteNodeSet() ?? []);
  }

  /** What is set: a blank field and one that a node does not have mean the same. */
  async settings(): Promise<Record<string, unknown>[]> {
    return (await this.flows()).map(({ credentials: _none, ...node }) =>
      Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined && value !== '')),
    );
  }

  /** Resolves when a node shows this badge. */
  async badge(id: string, text: string): Promise<void> {
    await this.page.waitForFunction(
      ([id, text]) => window.RED?.nodes.node(String(id))?.status?.text === text,
      [id, text],
    );
  }

  /** Resolves when a node shows a badge. */
  async anyBadge(id: string): Promise<void> {
    await this.page.waitForFunction((id) => Boolean(window.RED?.nodes.node(id)?.status?.text), id);
  }

  /** Opens the dialog of a node, or of a config node, as a double click does. */
  async edit(id: string): Promise<Dialog> {
    await this.page.evaluate((id) => {
      const node = window.RED?.nodes.node(id);
      if (!node) throw new Error(`no node ${id}`);
      if ('z' in node && 'x' in node) window.RED?.editor.edit(node);
      else window.RED?.editor.editConfig('', node.type, node.id);
    }, id);
    return this.dialog();
  }

  /** Closes what is open, and changes nothing. */
  async closeDialogs(): Promise<void> {
    while ((await this.page.locator('.red-ui-tray').count()) > 0) await (await this.dialog()).cancel();
  }

  /** The dialog that opened last. */
  dialog(): Promise<Dialog> {
    return Dialog.opened(this.page);
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  #hear(message: ConsoleMessage): void {
    if (message.type() === 'error') this.#complaints.push(`${message.text()} (${message.location().url})`);
  }
}

/** Within what a list takes to open. */
async function isShown(entry: Locator): Promise<boolean> {
  return entry.waitFor({ timeout: 3000 }).then(
    () => true,
    () => false,
  );
}
