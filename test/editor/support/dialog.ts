import type { Locator, Page } from 'playwright-core';

/** The dialog that the editor shows in its tray. */
export class Dialog {
  private constructor(
    readonly page: Page,
    readonly tray: Locator,
  ) {}

  /** Resolves when the tray that opens last stands still. */
  static async opened(page: Page): Promise<Dialog> {
    const tray = page.locator('.red-ui-tray').last();
    await tray.locator('.dialog-form, form').first().waitFor();
    await tray.evaluate(async (element) => {
      await Promise.all(element.getAnimations({ subtree: true }).map(({ finished }) => finished));
    });
    return new Dialog(page, tray);
  }

  /** A field, by the name of its setting. */
  field(name: string): Locator {
    return this.tray.locator(`#node-input-${name}, #node-config-input-${name}`);
  }

  /** Shows a tab of the session dialog, by its place. */
  async showTab(index: number): Promise<void> {
    // By the keyboard: the editor takes two clicks in short succession for a double click, whatever they are on.
    await this.tray.locator('#tox-async-tabs li.red-ui-tab a').nth(index).press('Enter');
  }

  /** The line of words below a field. */
  hint(name: string): Locator {
    return this.tray.locator(`#node-input-${name}-hint, #node-config-input-${name}-hint`);
  }

  /** The input that a user sees for a setting: a typed input hides the field it was made of. */
  input(name: string): Locator {
    const typed = (prefix: string) => `#${prefix}-${name} + .red-ui-typedInput-container input`;
    const shown = ['node-input', 'node-config-input'].map((prefix) => `${typed(prefix)}, #${prefix}-${name}`);
    return this.tray.locator(shown.join(', ')).locator('visible=true').first();
  }

  /** Fields and buttons of the form that the Tab key does not come to, from where the focus is; each as its HTML begins. */
  async unreached(): Promise<string[]> {
    const wanted = this.tray.locator(
      'form :is(input:not([type=hidden]), select, button):not([tabindex="-1"], :disabled)',
    );
    const shown = wanted.locator('visible=true');
    await shown.evaluateAll((all) => all.forEach((each) => each.setAttribute('data-wanted', '')));
    for (let press = 0; press < 80; press += 1) {
      await this.page.evaluate(() => document.activeElement?.removeAttribute('data-wanted'));
      if ((await this.tray.locator('[data-wanted]').count()) === 0) break;
      await this.page.keyboard.press('Tab');
    }
    return this.tray
      .locator('[data-wanted]')
      .evaluateAll((all) => all.map((each) => each.outerHTML.slice(0, 120)));
  }

  async done(): Promise<void> {
    await this.#leave('#node-dialog-ok, #node-config-dialog-ok');
  }

  async cancel(): Promise<void> {
    await this.#leave('#node-dialog-cancel, #node-config-dialog-cancel');
  }

  async #leave(button: string): Promise<void> {
    await this.tray.locator(button).click();
    await this.tray.waitFor({ state: 'detached' });
  }
}
