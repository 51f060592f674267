const swc = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // Tests read the sources of the libraries, not their last build.
  testEnvironmentOptions: { customExportConditions: ['@scm/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/\\.scm/', '<rootDir>/\\.nx/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  ...more,
});

const code = '<rootDir>/{apps,libs,tools}/**';
const slow = ['\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$'];

export default {
  maxWorkers: 2,
  // Real servers on two busy cores: a limit that only what hangs reaches.
  testTimeout: 30_000,
  projects: [
    project('unit', [`${code}/*.spec.ts`], { testPathIgnorePatterns: ['/node_modules/', '/dist/', ...slow] }),
    project('integration', [`${code}/*.int.spec.ts`]),
    project('e2e', ['<rootDir>/tests/**/*.spec.ts']),
  ],
};
