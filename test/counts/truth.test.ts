import { expect, test } from 'vitest'
import { Scenario, type ScenarioRecord } from '../../generator/scenario.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { untilParked } from '../support/ledger/ledger.ts'
import { ownFolder } from '../support/parts/own-folder.ts'
import { endOfLog, progress } from '../support/deployment/progress.ts'
import { untilReplayed } from '../support/deployment/until-state.ts'
import { openRawEvents, type RawEvent } from '../support/truth/raw-events.ts'
import { linesOf, wrongAnswers } from '../support/truth/truth-question.ts'
import { truthQuestions } from '../support/truth/truth-questions.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const PARTITIONS = 2
/** Over the autumn changes of the clock in Europe, America and Australia when the test runs in winter; any time does. */
const DAYS = 50
const MOMENTS = 1_800
/** More of them for a trial by hand. */
const SEEDS = (process.env['TRUTH_SEEDS'] ?? '11').split(',').map(Number)

/** A record that means what its JSON says, or a reject that does not depend on the clock. */
function isPlain({ value, expected }: ScenarioRecord): boolean {
  if (!expected.ok)
    return value !== null && value.length < 10_000 && expected.reason !== 'timestamp_in_future'
  const { login } = expected
  try {
    const raw = JSON.parse(String(value)) as Record<string, unknown>
    return (
      raw['timestamp'] === login.eventTimeMs / 1000 &&
      [raw['user_id'], raw['app_version'], raw['locale']].join() ===
        [login.userId, login.appVersion, login.locale].join() &&
      (raw['device_type'] ?? 'unknown') === login.deviceType &&
      (raw['outcome'] ?? 'unknown') === login.outcome &&
      login.userId !== 'odd-user'
    )
  } catch {
    return false
  }
}

/** Records of 50 days that end an hour ago; some of them were late, or ahead, by their own clock. */
function recordsOf(seed: number, nowMs: number): ScenarioRecord[] {
  const startMs = nowMs - DAYS * DAY_MS
  const scenario = new Scenario({ seed, users: 300, rollOutMs: 20 * DAY_MS, startMs })
  const step = (DAYS * DAY_MS - 2 * HOUR_MS) / MOMENTS
  return Array.from({ length: MOMENTS }, (_, i) => scenario.at(startMs + i * step))
    .flat()
    .filter(isPlain)
    .map(spelled)
}

/** How producers write an outcome; the other engine has a list of its own (test/support/truth/raw-events.ts). */
const spellings: Record<string, readonly unknown[]> = {
  success: ['success', 'OK', ' Succeeded ', true, 1],
  failure: ['failure', 'FAILED', 'denied', false, 0, ' Error'],
  unknown: [undefined, undefined, null, 'unknown', 'pending', ' Challenge ', 7],
}

function spelled(record: ScenarioRecord, i: number): ScenarioRecord {
  if (!record.expected.ok) return record
  const some = spellings[record.expected.login.outcome] ?? []
  const message = { ...(JSON.parse(String(record.value)) as object), outcome: some[i % some.length] }
  return { ...record, value: Buffer.from(JSON.stringify(message)) }
}

/** Somebody with a few logins: many that are parked in a row would halt a partition. */
function seldomUser(records: readonly ScenarioRecord[]): string {
  const users = records.flatMap(({ expected }) => (expected.ok ? [expected.login.userId] : []))
  return users.find((user) => [2, 3, 4, 5].includes(users.filter((other) => other === user).length)) ?? ''
}

/** Sends records to partitions in turn; a topic of its own, so offsets are counted. */
async function createSender({ kafka, config }: Deployment) {
  const producer = kafka.producer()
  await producer.connect()
  const next = Array.from({ length: PARTITIONS }, () => 0)
  const events: RawEvent[] = []
  const send = async (records: readonly ScenarioRecord[], refusedUser: string | null) => {
    const recordedMs = Date.now()
    const messages = records.map(({ key, value, expected }, i) => {
      const partition = i % PARTITIONS
      const offset = next[partition] ?? 0
      next[partition] = offset + 1
      events.push({
        ...{ partition, offset, recordedMs, text: String(value) },
        reject: expected.ok ? null : expected.reason,
        parked: expected.ok && expected.login.userId === refusedUser,
        early: refusedUser !== null,
      })
      return { key, value, partition, timestamp: String(recordedMs) }
    })
    await producer.send({ topic: config.kafka.topic, messages })
  }
  return { events, send, close: () => producer.disconnect() }
}

/** A moment at which all was counted that was sent by now, as the database has it. */
async function momentAfterAll(deployment: Deployment): Promise<string> {
  await eventually(async () => {
    expect((await progress(deployment)).read).toBe(await endOfLog(deployment))
  })
  // As precise as an argument is; what is written next is later than it.
  const [row] = await deployment.sql<{ moment: Date }[]>`
    select date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond' as moment, pg_sleep(0.01)`
  return row?.moment.toISOString() ?? ''
}

/** All is counted and rolled up, and nothing is parked. */
async function untilComplete(ask: Graphql, attempts: number): Promise<void> {
  await eventually(async () => {
    const { people, all } = await ask(`{
      people: measures { total { users } freshness { isComplete } }
      all: measures(from: "2020-01-01") { total { attempts } } }`)
    expect({ people, all }).toMatchObject({
      people: { freshness: { isComplete: true } },
      all: { total: { attempts } },
    })
  })
}

test.for(SEEDS)(
  'every answer is what another engine makes of the raw messages, late ones, rejects and a replay included (seed %i)',
  { timeout: 600_000 },
  async (seed) => {
    const deployment = await createDeployment({
      ...{ KAFKA_PARTITIONS: String(PARTITIONS), LOGIN_RETENTION_DAYS: '90', BATCH_MAX_RECORDS: '150' },
    })
    const { sql } = deployment
    const records = recordsOf(seed, Date.now())
    const middle = Math.floor(records.length / 2)
    const refusedUser = seldomUser(records.slice(0, middle))
    await sql`alter table login add constraint refuses check (user_id <> ${sql.unsafe(`'${refusedUser}'`)})`
    deployment.start('worker/main.ts')
    const ask = await graphqlOf(deployment.start('api/main.ts'))
    const { events, send, close } = await createSender(deployment)
    await send(records.slice(0, middle), refusedUser)
    await untilParked(deployment, events.filter(({ parked }) => parked).length)
    const moment = await momentAfterAll(deployment)
    await sql`alter table login drop constraint refuses`
    const { replayBatches } = await ask(
      `mutation { replayBatches(filter: {}, dryRun: false, reason: "the constraint is gone") { __typename } }`,
    )
    expect(replayBatches).toMatchObject({ __typename: 'ReplayRun' })
    await send(records.slice(middle), null)
    await close()
    await untilComplete(ask, events.filter(({ reject }) => reject === null).length)

    const raw = await openRawEvents(events, ownFolder())
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS
    // Events are late by up to 20 days beside the 50; 1970-01-05 was a Monday.
    const monday =
      Math.floor((today - (DAYS + 25) * DAY_MS - 4 * DAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS + 4 * DAY_MS
    const some = async (column: string) =>
      linesOf(await raw(`select ${column} from login group by ${column} order by md5(${column}) limit 8`))
    const questions = truthQuestions({
      ...{ fromMs: monday, toMs: today + DAY_MS, moment, wasThere: 'early and not parked' },
      insightSize: deployment.config.ingest.insightSize,
      users: await some('user_id'),
      devices: await some('device_id'),
      addresses: await some('ip'),
    })
    expect(await wrongAnswers(ask, raw, questions)).toEqual([])

    await shiftBucket(deployment)
    await dropUser(deployment)
    await untilReplayed(deployment)
    const spoilt = questions.filter(({ name }) =>
      /^(attempts by hour of UTC|lifecycles by week|retention by week of UTC)/.test(name),
    )
    const caught = (await wrongAnswers(ask, raw, spoilt)).join('\n')
    expect(caught).toMatch(/attempts by hour of UTC/)
    for (const attempts of ['LOGINS', 'FAILURES', 'ALL']) {
      expect(caught).toContain(`lifecycles by week, ${attempts}`)
      expect(caught).toContain(`retention by week of UTC, ${attempts}`)
    }
  },
)

/** Logins of some hours are an hour earlier, as a defect would have them; on a day that every question is asked about. */
async function shiftBucket({ sql }: Deployment): Promise<void> {
  await sql`
    update hour_count set h00 = h01, h01 = h02, h02 = h03, h03 = h00
    where day = (
      select day from hour_count
      where dimension_set = 0 and day between now() - interval '${sql.unsafe(String(DAYS - 10))} days' and now() - interval '10 days'
      order by abs(h00 - h01) desc limit 1)`
}

/** One user is missing from a week. */
async function dropUser({ sql }: Deployment): Promise<void> {
  await sql`
    update engagement_chunk
    set members = set_bit(members, position(B'1' in members) - 1, 0),
        few_members = set_bit(few_members, position(B'1' in few_members) - 1, 0)
    where kind = 'user' and period = 'week' and facet in ('all', 'first') and bit_count(coalesce(members, few_members)) > 0`
}
