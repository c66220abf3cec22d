import type { Locator, Page } from 'playwright-core';
import type { Editor } from './editor';

/** Shows the sidebar "Tox", with the session of this name chosen. */
export async function showSidebar({ page }: Editor, session?: string): Promise<void> {
  await page.evaluate(() => window.RED?.sidebar.show('tox-async'));
  if (session === undefined) return;
  await page.locator('.tox-who').click();
  await page.getByRole('option', { name: session }).click();
  await page.locator('.tox-who', { hasText: session }).waitFor();
}

/** The section of the sidebar that has this title. */
export function sidebarSection(page: Page, title: string): Locator {
  return page.locator('.tox-section', { has: page.getByText(title, { exact: true }) });
}
