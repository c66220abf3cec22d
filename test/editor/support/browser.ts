import { chromium, type Browser } from 'playwright-core';
import { browserPath } from '../../../scripts/support/node-red/editor-stage';
import { HOW_TO_INSTALL } from '../../../scripts/support/real-tox';

/** A browser without a window. @throws Error that says what to install */
export async function startBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error(`Chromium is not installed: ${HOW_TO_INSTALL}.`);
  // Root has no sandbox, and a container little shared memory.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
