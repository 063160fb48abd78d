import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFailed, onTestFinished, test } from 'vitest'
import { Scenario, type ScenarioRecord } from '../../generator/scenario.ts'
import { bundleOnce } from '../../scripts/bundle-once.ts'
import { runChaos } from '../chaos/chaos-run.ts'
import { heal } from '../chaos/judge/heal.ts'
import { describeVerdict, judge } from '../chaos/judge/judge.ts'
import { RecordBook } from '../chaos/judge/record-book.ts'
import { openSender } from '../chaos/actors/send-scenario.ts'
import { chaosEnvironment, entries, openWorld, parts } from '../chaos/world.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { controlPart } from '../support/parts/stack-control.ts'

/** A seed whose seconds kill Temporal, Kafka, a worker and Postgres, and freeze a worker; `npm run chaos` has all else, for longer. */
const SEED = 100
const DURATION_MS = 20_000
const bundles = fileURLToPath(new URL('../../.rollcall/bundles', import.meta.url))

test('nothing is lost and nothing doubled while parts and workers are killed and frozen under load', async () => {
  const { world, stop } = await createWorld(entries)
  const verdict = await runChaos(world, { seed: SEED, durationMs: DURATION_MS, stop })
  expect(describeVerdict(verdict)).toBe('lost 0 doubled 0')
}, 300_000)

test('one login that a worker drops, doubles or dates a minute later is found wherever it is kept', async () => {
  const records = someRecords()
  const [dropped, doubled, shifted] = loginsOfDifferentLocales(records)
  const defective = 'test/support/deployment/worker-that-miscounts.ts'
  const defectiveWorkers = { ...entries, 'worker 1': defective, 'worker 2': defective }
  const { world, stop } = await createWorld(defectiveWorkers, {
    DROPPED_KEY: dropped.key,
    DOUBLED_KEY: doubled.key,
    SHIFTED_KEY: shifted.key,
  })
  const book = new RecordBook()
  const sender = openSender(world, book, stop)
  await sender.send(records)
  await sender.close()
  await heal(world, stop)
  const { lost, doubled: twice, differences } = await judge(world, book)
  expect({ lost, doubled: twice }).toEqual({ lost: 1, doubled: 1 })
  const keptIn = [
    'login by record',
    'processed-data by record',
    'minute_count',
    'login_count_delta',
    'processed-data',
    'measures by minute',
  ]
  for (const { locale } of [dropped, doubled, shifted]) {
    const places = differences
      .filter((difference) => JSON.stringify(Object.values(difference)).includes(`\\"${locale}\\"`))
      .map(({ where }) => where)
    expect(places).toEqual(expect.arrayContaining(keptIn))
  }
})

/** Two workers and an API on the parts of the run, which are all there again when the test ends. */
async function createWorld(roleEntries: typeof entries, workerEnvironment: Record<string, string> = {}) {
  const deployment = await createDeployment({
    ...chaosEnvironment,
    ...workerEnvironment,
    WORKFLOW_BUNDLE: await bundleOnce(bundles),
    NODE_COMPILE_CACHE: join(bundles, '..', 'compile-cache'),
  })
  const log: string[] = []
  const stop = new AbortController()
  const world = await openWorld({
    deployment,
    controlPart,
    launch: (role, environment) => deployment.start(roleEntries[role], environment),
    say: (line) => log.push(line),
  })
  onTestFailed(() => {
    console.log(log.join('\n'))
  })
  onTestFinished(async () => {
    stop.abort()
    await world.close()
    for (const part of parts) await world.targets[part].bringBack()
  })
  return { world, stop: stop.signal }
}

/** A few seconds of a scenario. */
function someRecords(): ScenarioRecord[] {
  const startMs = Date.now()
  const scenario = new Scenario({ seed: 1, users: 100, startMs, rollOutMs: 1_000 })
  return Array.from({ length: 300 }, (_, moment) => scenario.at(startMs + moment * 10)).flat()
}

/** By the locale, differences tell which of them they are about. */
function loginsOfDifferentLocales(records: readonly ScenarioRecord[]) {
  const logins = records.flatMap(({ key, expected }) =>
    expected.ok ? [{ key, locale: expected.login.locale }] : [],
  )
  const [first, second, third] = new Map(logins.map((login) => [login.locale, login])).values()
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('the scenario has too few locales')
  return [first, second, third] as const
}
