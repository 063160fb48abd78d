import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { createApi } from '../support/api/api-fixture.ts'
import { insertCheckpoint } from '../support/api/api-rows.ts'
import { DAYS, randomLogin, rollAll, START_MS, writeBatch } from '../support/api/indexed-world.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { useIndexedLogins } from '../support/api/use-indexed-logins.ts'
import { isThorough, seed } from '../support/seed.ts'
import { type MemberQuestion, randomQuestion } from '../support/truth/member-questions.ts'
import { type AnswerSpans, argumentsOf, recountAnswer, selectionOf } from '../support/truth/recount-answer.ts'
import { recount } from '../support/truth/recount-attempts.ts'

const { sql, url, indexAll, listDays, unindexed } = useIndexedLogins()

/** Clocks of Europe go back on the third of these days. */
const FROM_MS = Date.parse('2025-10-24T00:00:00Z')
const days: TimeBucket = { fromMs: FROM_MS, toMs: FROM_MS + DAYS * DAY_MS }

let api: ReturnType<typeof createApi>
beforeAll(() => {
  api = createApi({ url: url(), replicaUrls: [] })
})
afterAll(() => api.router.close())

async function ask(question: MemberQuestion): Promise<AnswerSpans> {
  const { bucket, compareTo, counted } = question
  const seen = isOfClock(question) ? '' : 'firstSeenAt lastSeenAt'
  const fields = `attempts logins failures failureRate outdatedLogins(olderThan: "2.0") ${counted} ${seen}`
  const text = `{ measures(${argumentsOf(question)}, compareTo: ${compareTo} ${bucket === null ? '' : `, bucket: ${bucket}`}) {
    ${selectionOf(question, counted, fields)} } }`
  const { data, errors } = await api.ask(text)
  expect(errors, text).toBeUndefined()
  return data?.['measures'] as AnswerSpans
}

const isOfClock = ({ groupBy }: MemberQuestion) =>
  groupBy.some((name) => name === 'WEEKDAY' || name === 'HOUR_OF_DAY')

/** Members with their numbers, as ties are decided by them. */
async function readNumbers(): Promise<Map<string, number>> {
  const rows = await sql()<{ name: string; number: number }[]>`
    select 'USER ' || user_id as name, number from app_user
    union all select 'DEVICE ' || device_id, number from device
    union all select 'ADDRESS ' || ip, number from address`
  return new Map(rows.map(({ name, number }) => [name, number]))
}

/** The answer, counted one by one. */
async function expected(logins: readonly SeenLogin[], question: MemberQuestion, answer: AnswerSpans) {
  const { counted, attempts } = question
  const count = (some: readonly SeenLogin[]) => {
    const { firstSeenAt, lastSeenAt, users, devices, addresses, ...rest } = recount(some, attempts)
    const seen = isOfClock(question) ? {} : { firstSeenAt, lastSeenAt }
    return { ...rest, ...seen, [counted]: { users, devices, addresses }[counted] }
  }
  const numbers = await readNumbers()
  return recountAnswer(logins, question, answer, { count, shared: counted, numbers })
}

/** After each round of writing. */
const QUESTIONS = isThorough ? 16 : 4

test(
  `attempts of users, devices and addresses are exact in any zone, however much is rolled up and listed, and whatever came late (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    const random = sfc32(seed, 20)
    const next = (below: number) => Math.floor(fraction(random) * below)
    await createLoginDays(sql(), days.toMs, DAYS)
    await sql()`truncate partition_checkpoint`
    await insertCheckpoint(sql(), 0, 1_000, '2026-03-01T12:00:00Z')
    const cache = new SightingCache(new Int32Array(4))
    const logins: SeenLogin[] = []
    const batches: { id: number; revision: number }[] = []
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 6; i++) {
        const added = Array.from({ length: 1 + next(25) }, () => {
          const login = randomLogin(random)
          return { ...login, eventTimeMs: login.eventTimeMs - START_MS + FROM_MS }
        })
        const again = next(3) === 0 ? batches[next(batches.length)] : undefined
        const batch = again ?? {
          id: 1_000 + (next(2) === 0 ? -batches.length : batches.length),
          revision: -1,
        }
        batch.revision++
        if (again === undefined) batches.push(batch)
        // Late ones have no row.
        const rowsFromMs = next(3) === 0 ? days.fromMs + DAY_MS : -Infinity
        await writeBatch(sql(), batch.id, batch.revision, added, { cache, rowsFromMs })
        logins.push(...added)
      }
      if (next(2) === 0) await rollUpCounts(sql(), 'user-login')
      if (next(3) > 0) await rollUpSightings(sql())
      if (next(3) > 0) await rollAll(sql())
      if (next(3) > 0) await indexLogins(sql())
      if (round === 1 || round === 4) await listDays()
      if (round % 3 === 2) {
        await rollUpSightings(sql())
        await rollAll(sql())
        await indexAll()
        expect(await unindexed()).toBe(0)
      }
      for (let i = 0; i < QUESTIONS; i++) {
        const question = randomQuestion(random, days, i % 3 > 0)
        const answer = await ask(question)
        expect(answer, JSON.stringify(question)).toEqual(await expected(logins, question, answer))
      }
    }
    expect((await sql()`select from listed_day`).length).toBeGreaterThan(0)
  },
)
