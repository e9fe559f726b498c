import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const clockRule = {
  selector:
    "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.object.name='Date'][callee.property.name='now']",
  message: 'Read the time through server/lib/clock.ts, so that tests can set it.',
};
const moneyRule = {
  selector:
    "CallExpression[callee.name='parseFloat'], CallExpression[callee.property.name='toFixed'], CallExpression[callee.object.name='Math'][callee.property.name='round']",
  message: 'Amounts never pass through floats: use server/lib/money.ts.',
};

export default tseslint.config(
  { ignores: ['node_modules', '**/dist', '**/data', '**/__generated__'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['server/**/*.ts', 'jobs/**/*.ts'],
    ignores: ['server/lib/clock.ts', 'server/lib/money.ts'],
    rules: { 'no-restricted-syntax': ['error', clockRule, moneyRule] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      globals: { require: 'readonly', module: 'writable', process: 'readonly', console: 'readonly' },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['client/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
);
