import tseslint from 'typescript-eslint';
import { injectedOnly } from './scripts/lint/injected-only.mjs';
import { levels } from './scripts/lint/levels.mjs';

export default tseslint.config(
  { ignores: ['dist/', 'resources/', '.cache/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    plugins: { project: { rules: { levels, 'injected-only': injectedOnly } } },
    rules: {
      'project/levels': 'error',
      'project/injected-only': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': ['error'],
    },
  },
  {
    files: ['nodes/editor/sidebar/**/*.ts'],
    languageOptions: { parserOptions: { project: './nodes/editor/sidebar/tsconfig.json' } },
  },
  {
    files: ['nodes/editor/dialogs/**/*.ts'],
    languageOptions: { parserOptions: { project: './nodes/editor/dialogs/tsconfig.json' } },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSAsExpression > TSAsExpression > TSUnknownKeyword',
          message: 'A fake has a real type: let the class take a narrower one (Pick what it uses).',
        },
      ],
    },
  },
);
