import eslint from '@eslint/js';
import angular from 'angular-eslint';
import tseslint from 'typescript-eslint';

/** Events may come many times a second. */
const ASKED_BY_EVENTS = {
  selector:
    'CallExpression[callee.property.name="on"] > ArrowFunctionExpression CallExpression[callee.property.name=/^(load|refresh|request)$/]',
  message: 'Ask with Followed.again or a Coalesced, which has a rate of its own.',
};

export default tseslint.config(
  { ignores: ['dist', '.angular', 'node_modules', 'src/app/core/api/schema.ts'] },
  {
    files: ['**/*.ts'],
    extends: [
      eslint.configs.recommended,
      ...tseslint.configs.strict,
      ...tseslint.configs.stylistic,
      ...angular.configs.tsRecommended,
    ],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': [
        'error',
        { type: 'element', prefix: ['app', 'rs'], style: 'kebab-case' },
      ],
      '@angular-eslint/directive-selector': [
        'error',
        { type: 'attribute', prefix: 'rs', style: 'camelCase' },
      ],
      '@angular-eslint/prefer-signals': 'error',
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      // What a person has set is kept by the program (core/api/remembered.ts), not under an origin that may change.
      'no-restricted-globals': ['error', 'localStorage', 'sessionStorage'],
      'no-restricted-syntax': ['error', ASKED_BY_EVENTS],
      // A format is created once for a language and its options (core/i18n/formats.ts).
      'no-restricted-properties': [
        'error',
        ...['NumberFormat', 'DateTimeFormat', 'PluralRules'].map((property) => ({
          object: 'Intl',
          property,
          message: 'Use core/i18n/formats.ts, which keeps the formats.',
        })),
      ],
    },
  },
  {
    files: ['src/app/core/i18n/formats.ts', '**/*.spec.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Whoever cuts a list says how much is not shown.
    files: ['src/app/{delivery,issues,map,traces}/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ASKED_BY_EVENTS,
        {
          selector:
            'CallExpression[callee.property.name="slice"] :matches(Identifier[name=/^(MOST|LEAST|LIMIT)/], Literal[value>1])',
          message:
            'Cut a list with core/ui/capped.ts, a text with core/i18n/legible.ts, and say what is left out.',
        },
      ],
    },
  },
  {
    // Settings of older builds are taken over; keys of spins must be kept before the request leaves, without waiting; what a
    // tab shows ends with the tab.
    files: [
      'src/app/core/api/remembered.ts',
      'src/app/core/api/tab-memory.ts',
      'src/app/slot/play/unfinished-spins.ts',
      '**/*.spec.ts',
    ],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['**/*.html'],
    extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility],
    rules: {
      '@angular-eslint/template/prefer-control-flow': 'error',
      '@angular-eslint/template/button-has-type': 'error',
    },
  },
  {
    files: ['scripts/*.mjs', 'eslint.config.mjs', '.dependency-cruiser.mjs'],
    extends: [eslint.configs.recommended],
    languageOptions: { globals: { console: 'readonly', process: 'readonly' } },
  },
);
