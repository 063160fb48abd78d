import { defineConfig } from 'vitest/config'

// graphql has an ES build beside the one that Node loads: vitest would take that one for our files and Node's for the
// packages, and the two do not know each other's types.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

// Tests that take parts of the run away, or that must not wait for others: one file at a time.
const alone = ['outages', 'chaos', 'handover', 'pause-dying-worker', 'promoted-replica', 'read-path'].map(
  (name) => `test/${name}.test.ts`,
)
/** What needs root: it mounts small disks. */
const diskTests = ['test/disk-full.test.ts']

type Settings = { exclude?: string[]; maxWorkers?: number; fileParallelism?: boolean; testTimeout?: number }

const onRealParts = (name: string, include: string[], settings: Settings = { fileParallelism: false }) => ({
  resolve,
  test: {
    name,
    include,
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    ...settings,
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
      // Every file owns topics, a database and a task queue, and waits most of its time.
      onRealParts('stack', ['test/**/*.test.ts'], { exclude: [...alone, ...diskTests], maxWorkers: 3 }),
      onRealParts('faults', alone),
      onRealParts('disk', diskTests, { fileParallelism: false, testTimeout: 300_000 }),
      onRealParts('pictures', ['test/pictures.ts']),
    ],
  },
})
