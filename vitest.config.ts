import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// graphql has an ES build beside the one that Node loads: vitest would take that one for our files and Node's for the
// packages, and the two do not know each other's types.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

/** Tests that take parts of the run away, or that must not wait for others: one file at a time. */
const faults = ['test/faults/*.test.ts']
/** What needs root: it mounts small disks. */
const disk = ['test/disk/*.test.ts']
/** What is fetched for one test alone, which takes minutes or needs a package that few machines have: one file at a time. */
const slow = ['test/slow/*.test.ts']
/** What takes minutes to run, and tries again, in more ways or with more questions, what a shorter test of every run does. */
const longer = ['test/**/*.slow.test.ts']
const random = [
  'engagement/lifecycles',
  'engagement/measures-of-{people,members}',
  'counts/measures-of-counts',
].map((name) => `test/${name}.test.ts`)

/** What takes half a minute or more, the longest first: begun last it would be waited for alone. */
const longest = [
  'replay-crash',
  'identity',
  'odd-ranges',
  'transactions-and-gaps',
  'crash-between-commits',
  'personal-values',
  'schema-versions',
  'pause-resume',
  'completeness',
  'hostile-arguments',
  'live',
  'ways-out',
  'own-login',
  'halting',
  'runs',
  'start',
  'lifecycles',
].map((name) => `/${name}.test.ts`)

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex((file) => moduleId.endsWith(file))
  return place === -1 ? longest.length : place
}

class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications)
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

type Settings = {
  exclude?: string[]
  maxWorkers?: number
  fileParallelism?: boolean
  testTimeout?: number
  env?: Record<string, string>
  /** Projects of one run that have the same place run side by side. */
  sequence?: { groupOrder: number }
}

const onRealParts = (name: string, include: string[], settings: Settings = { fileParallelism: false }) => ({
  resolve,
  test: {
    name,
    include,
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 180_000,
    // Real parts share two cores with everything else; scripts/report-retries.ts says which tests needed it.
    retry: 1,
    // Files that run one after the other in a process share what it has loaded: loading it is most of what a short file takes.
    isolate: false,
    ...settings,
  },
})

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          // Side by side with lint and types, on a machine that does other things as well, the slowest take many times as long.
          testTimeout: 60_000,
          // To load modules anew for each file would take half of the CPU time.
          isolate: false,
          // Vitest would leave one of two cores to others; some tests wait for time-outs for many seconds.
          maxWorkers: 2,
          include: [
            '{config,cli,domain,concurrency,probes,metrics,signatures,tls,temporal,audit,workflows,activities,kafka,db,worker,api,generator,stack,scripts,bench,alerts,dashboards,tracing}/**/*.test.ts',
            'test/chaos/**/*.test.ts',
          ],
        },
      },
      // Every file owns topics, a database and a task queue, and waits most of its time.
      onRealParts('stack', ['test/**/*.test.ts'], {
        exclude: [...faults, ...disk, ...slow, ...longer, 'test/chaos/**'],
        maxWorkers: 3,
      }),
      onRealParts('faults', faults),
      onRealParts('disk', disk, { fileParallelism: false, testTimeout: 300_000 }),
      onRealParts('slow', slow, { fileParallelism: false, sequence: { groupOrder: 0 } }),
      onRealParts('longer', [...longer, ...random], {
        maxWorkers: 3,
        env: { TEST_THOROUGH: 'true' },
        sequence: { groupOrder: 1 },
      }),
      onRealParts('pictures', ['test/support/pictures.ts', 'test/support/picture-of-graphiql.ts']),
    ],
  },
})
