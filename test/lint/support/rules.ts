import { createRequire } from 'node:module';
import type { Rule } from 'eslint';

// The rules are ES modules without types, because eslint.config.mjs loads them as they are.
const load = createRequire(__filename);

export const { levels, LEVELS } = load('../../../scripts/lint/levels.mjs') as {
  levels: Rule.RuleModule;
  LEVELS: string[][];
};

export const { injectedOnly } = load('../../../scripts/lint/injected-only.mjs') as {
  injectedOnly: Rule.RuleModule;
};
