import { expect, test } from 'vitest'
import type { SentLogin } from '../../generator/login-source.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { expectExact } from '../support/truth/exactness.ts'

const DAY_MS = 86_400_000
const DAYS = 20
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS
/** The Monday before the first day. */
const FROM_MS = Math.floor((TODAY_MS - DAYS * DAY_MS - 4 * DAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS + 4 * DAY_MS

const random = sfc32(7, 0)
const below = (count: number) => Math.floor(fraction(random) * count)

/** At any second of the days, the latest an hour ago. */
const login = (user: number, more: Partial<SentLogin>): SentLogin => ({
  userId: `user-${user}`,
  deviceId: `device-${user}`,
  ip: `192.0.2.${user % 250}`,
  appVersion: '2.3.0',
  locale: 'TX',
  deviceType: 'iOS',
  timestampSeconds: Math.floor((TODAY_MS - DAYS * DAY_MS) / 1000) + below(DAYS * 86_400 - 3_600),
  ...more,
})

const logins = Array.from({ length: 600 }, (_, i) =>
  login(below(60), i % 3 === 0 ? { outcome: 'success' } : {}),
)
/** Of strangers and of those who log in, from other devices and addresses, some days before their first login. */
const failures = Array.from({ length: 900 }, () =>
  login(below(200), {
    outcome: 'failure',
    deviceId: `bot-${below(30)}`,
    ip: `198.51.100.${below(200)}`,
    timestampSeconds: Math.floor((TODAY_MS - DAYS * DAY_MS) / 1000) + below(DAYS * 86_400 - 3_600),
  }),
)

/** Everything that is said of people, of whole days and by the hour. */
async function people(ask: Graphql, attempts = ''): Promise<Record<string, unknown>> {
  const at = (ms: number) => new Date(ms).toISOString()
  const dateOf = (ms: number) => at(ms).slice(0, 'yyyy-mm-dd'.length)
  const range = `from: "${at(FROM_MS)}", to: "${at(TODAY_MS)}"`
  const weeks = Math.ceil((TODAY_MS - FROM_MS) / (7 * DAY_MS))
  const points = 'points { start users newUsers returningUsers resurrectedUsers dormantUsers }'
  const all = 'total { users devices addresses }'
  return await ask(`{
    days: measures(${range}, bucket: DAY ${attempts}) { ${points} }
    weeks: measures(from: "${at(FROM_MS)}", to: "${at(FROM_MS + weeks * 7 * DAY_MS)}", bucket: WEEK ${attempts}) {
      ${points} }
    texans: measures(${range}, bucket: DAY, filter: { locale: { in: ["TX"] } } ${attempts}) {
      ${points} }
    yesterday: measures(from: "${at(TODAY_MS - DAY_MS)}", to: "${at(TODAY_MS)}" ${attempts}) {
      total { users weekly: trailingUsers(days: 7) monthly: trailingUsers stickiness } }
    cohorts: retention(bucket: WEEK, from: "${dateOf(FROM_MS)}", to: "${dateOf(FROM_MS + weeks * 7 * DAY_MS)}" ${attempts}) {
      cohorts { start users points { users } } }
    ofBerlin: retention(bucket: WEEK, from: "${dateOf(FROM_MS)}", to: "${dateOf(FROM_MS + weeks * 7 * DAY_MS)}", timeZone: "Europe/Berlin" ${attempts}) {
      cohorts { start users points { users } } }
    byVersion: retention(bucket: DAY, from: "${dateOf(FROM_MS)}", to: "${dateOf(FROM_MS + 20 * DAY_MS)}", groupBy: [APP_VERSION] ${attempts}) {
      cohorts { start values users points { users } } }
    all: measures(${range} ${attempts}) { ${all} }
    hours: measures(from: "${at(TODAY_MS - 5.25 * DAY_MS)}", to: "${at(TODAY_MS - 4.5 * DAY_MS)}" ${attempts}) {
      ${all} } }`)
}

const distinct = (sent: readonly SentLogin[], key: 'userId' | 'deviceId' | 'ip') =>
  new Set(sent.map((one) => one[key])).size
const peopleOf = (sent: readonly SentLogin[]) => ({
  total: {
    users: distinct(sent, 'userId'),
    devices: distinct(sent, 'deviceId'),
    addresses: distinct(sent, 'ip'),
  },
})

test('an attack of failures, delivered again after a crash, changes nobody who is active, new or in a cohort', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2', BATCH_MAX_RECORDS: '50' })
  const feed = createFeed(deployment)
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  const crash = async (step: string) => {
    const worker = deployment.start('test/support/deployment/worker-that-crashes.ts', {
      CRASH_STEP: step,
      CRASH_AFTER: '4',
    })
    expect(await worker.exited).toBe('SIGKILL')
  }
  await feed.these(logins)
  await crash('after_postgres_commit')
  const worker = deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)
  // The answer comes from a replica.
  const before = await eventually(async () => {
    const answer = await people(ask)
    expect(answer).toMatchObject({ all: peopleOf(logins) })
    return answer
  })
  worker.signal('SIGTERM')
  await worker.exited

  await feed.these(failures)
  await crash('before_postgres_commit')
  await crash('after_postgres_commit')
  deployment.start('worker/main.ts')
  await expectExact(deployment, feed.truth)
  await eventually(async () => {
    expect(await people(ask, ', attempts: FAILURES')).toMatchObject({ all: peopleOf(failures) })
  })
  expect(await people(ask, ', attempts: ALL')).toMatchObject({ all: peopleOf([...logins, ...failures]) })
  expect(await people(ask)).toEqual(before)
  expect(await people(ask, ', attempts: LOGINS')).toEqual(before)
})
