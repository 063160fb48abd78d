import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{config,domain,workflows,activities,kafka,db,worker,api,generator,stack,scripts}/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'stack',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/global-setup.ts'],
          // Every file owns topics and a database of its own, but two cores hold one broker under load at a time.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
