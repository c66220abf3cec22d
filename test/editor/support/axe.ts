import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    readonly axe: typeof import('axe-core');
  }
}

const SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Serious and critical findings within a part of the page, in words.
 * @param include selector of the part
 * @param exclude selectors of the editor's own widgets within it, which are not ours to mend
 */
export async function seriousFindings(
  page: Page,
  include: string,
  exclude: readonly string[] = [],
): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const violations = await page.evaluate(
    async ([include, exclude]) => {
      const there = exclude.filter((selector) => document.querySelector(selector) !== null);
      const context = { include: [[include]], exclude: there.map((selector) => [selector]) };
      return (await window.axe.run(context, { resultTypes: ['violations'] })).violations;
    },
    [include, exclude] as const,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 120)}: ${failureSummary}`),
    );
}
