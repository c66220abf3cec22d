import path from 'node:path';
import util from '@node-red/util';
import type { Words } from '../../../nodes/runtime/words';
import { ROOT } from '../../../scripts/support/project';

/** What its types leave out. */
type Catalogs = typeof util.i18n & {
  init(settings: { readonly lang: string }): void;
  readonly i: { changeLanguage(language: string): Promise<unknown> };
};

const i18n = util.i18n as Catalogs;

/** A runtime that has no catalogs. */
export const WITHOUT_CATALOGS: Words = { _: (key: string) => key };

/** What the runtime's own i18n says in a language, with the catalogs of this package. */
export async function wordsIn(language: string): Promise<Words> {
  i18n.init({ lang: language });
  for (const catalog of ['storage-node', 'sidebar']) {
    await i18n.registerMessageCatalog(
      `node-red-contrib-tox-async/${catalog}`,
      path.join(ROOT, 'nodes/locales'),
      `${catalog}.json`,
    );
  }
  await i18n.i.changeLanguage(language);
  return { _: (...args: Parameters<Words['_']>) => i18n._(...args) };
}
