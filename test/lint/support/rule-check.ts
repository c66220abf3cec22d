import path from 'node:path';
import { Linter } from 'eslint';
import type { Rule } from 'eslint';
import { parser } from 'typescript-eslint';

const ROOT = path.resolve(__dirname, '../../..');

/** The message ids that `rule` reports for `code` standing in `file` (a path from the repository's root). */
export function breaches(rule: Rule.RuleModule, file: string, code: string): string[] {
  const linter = new Linter({ cwd: ROOT });
  const messages = linter.verify(
    code,
    {
      files: ['**/*.ts'],
      languageOptions: { parser: parser },
      plugins: { project: { rules: { rule } } },
      rules: { 'project/rule': 'error' },
    },
    { filename: path.join(ROOT, file) },
  );
  return messages.map(({ messageId, message }) => messageId ?? message);
}
