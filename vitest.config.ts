import { defineConfig } from 'vitest/config'

// graphql has an ES build beside the one that Node loads: vitest would take that one for our files and Node's for the
// packages, and the two do not know each other's types.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

const onRealParts = (name: string, include: string[]) => ({
  resolve,
  test: {
    name,
    include,
    globalSetup: ['test/global-setup.ts'],
    // Every file owns topics and a database of its own, but two cores hold one broker under load at a time.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})

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
      onRealParts('stack', ['test/**/*.test.ts']),
      onRealParts('pictures', ['test/pictures.ts']),
    ],
  },
})
