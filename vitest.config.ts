import { defineConfig } from 'vitest/config'

// graphql has an ES build beside the one that Node loads: vitest would take that one for our files and Node's for the
// packages, and the two do not know each other's types.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

/** What needs root. */
const diskTests = ['test/disk-full.test.ts']

const onRealParts = {
  globalSetup: ['test/global-setup.ts'],
  // Every file owns topics and a database of its own, but two cores hold one broker under load at a time.
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 180_000,
}

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: [
            '{config,domain,workflows,activities,kafka,db,worker,api,generator,stack,scripts,bench}/**/*.test.ts',
          ],
        },
      },
      {
        resolve,
        test: {
          name: 'stack',
          include: ['test/**/*.test.ts'],
          exclude: diskTests,
          ...onRealParts,
        },
      },
      {
        resolve,
        test: { name: 'disk', include: diskTests, ...onRealParts, testTimeout: 300_000 },
      },
    ],
  },
})
