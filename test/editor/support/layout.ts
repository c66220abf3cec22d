import type { Locator, Page } from 'playwright-core';
import './red';

/** What is wider than its place within an open dialog, in words: labels and placeholders that are cut, labels that wrap, and content that scrolls sideways. */
export function overflowing(tray: Locator): Promise<string[]> {
  return tray.evaluate((element) => {
    const isShown = (each: Element) => each.getClientRects().length > 0;
    const all = (selector: string) =>
      Array.from(element.querySelectorAll<HTMLElement>(selector)).filter(isShown);
    const said: string[] = [];
    for (const label of all('.form-row > label:not(.tox-async-check)')) {
      const range = document.createRange();
      range.selectNodeContents(label);
      const [text, place] = [range.getBoundingClientRect(), label.getBoundingClientRect()];
      if (text.right > place.right + 1) said.push(`label cut: ${label.innerText}`);
      if (text.height > 1.6 * parseFloat(getComputedStyle(label).lineHeight))
        said.push(`label wraps: ${label.innerText}`);
    }
    for (const part of all(
      '.red-ui-tray-body, .dialog-form, form, .form-row, .tox-async-hint, .tox-async-note, .tox-async-box',
    ))
      if (part.scrollWidth > part.clientWidth + 1)
        said.push(`${part.scrollWidth - part.clientWidth} pixels too wide: ${part.outerHTML.slice(0, 80)}`);
    const form = element.querySelector('form')?.getBoundingClientRect();
    for (const field of all('input, select, button, p, .red-ui-typedInput-container'))
      if (form && field.closest('form') && field.getBoundingClientRect().right > form.right + 1)
        said.push(`stands out: ${field.outerHTML.slice(0, 80)}`);
    const pen = document.createElement('canvas').getContext('2d');
    for (const field of all('input[placeholder]') as HTMLInputElement[]) {
      const { font, paddingLeft, paddingRight } = getComputedStyle(field);
      if (pen) pen.font = font;
      const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      if (pen && pen.measureText(field.placeholder).width > room + 1)
        said.push(`placeholder cut: ${field.placeholder}`);
    }
    return said;
  });
}

/** Where the nodes of the tab that is shown begin, in pixels of the canvas. */
export function leftEnds(page: Page): Promise<{ readonly id: string; readonly left: number }[]> {
  return page.evaluate(() => {
    const shown = window.RED?.nodes.filterNodes({ z: window.RED.workspaces.active() }) ?? [];
    return shown.map(({ id, x, w }) => ({ id, left: x - w / 2 }));
  });
}
