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
