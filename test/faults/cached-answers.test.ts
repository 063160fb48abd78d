import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { type Ask, createApi, createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'
import { insertCheckpoint } from '../support/api/api-rows.ts'
import { eventually } from '../support/eventually.ts'

let database: TestDatabase
let primaryUrl: string

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
  primaryUrl = database.urlOn(inject('databaseUrl'))
  await insertCheckpoint(database.sql, 0, 1_000, '2026-03-01T12:00:00Z')
})
afterAll(() => database.drop())

const comparable = `{ batches { edges { cursor } freshness { readAt parkedOffsets } } }`
const ofTemporal = `{ ingestion { state freshness { readAt } } }`

type Freshness = { readAt: string; parkedOffsets: number }

/** An API that has answered nothing yet. */
function openApi(): Ask {
  const { ask, router } = createApi({ url: primaryUrl, replicaUrls: [] })
  onTestFinished(() => router.close())
  return ask
}

let written = 0
describe('an answer that is given again', () => {
  const cached = async (ask: Ask, headers: Record<string, string> = {}) => {
    const { data, errors } = await ask(comparable, {}, headers)
    expect(errors).toBeUndefined()
    return (data?.batches as { freshness: Freshness }).freshness
  }
  const park = async () => {
    written++
    await database.sql`
      insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows, processed_at,
                         code_version)
      values (${written}, 'user-login', 0, ${written}, ${written + 1}, 'parked', 0, 0, 0, 0, now(), 'test')`
    const [parked] = await database.sql<{ offsets: number }[]>`
      select sum(to_offset - from_offset)::integer as offsets from batch where status = 'parked'`
    return parked?.offsets
  }
  const later = () => new Promise((resolve) => setTimeout(resolve, 5))

  it('is the same while nothing was written, and a newer commit makes it stale at once', async () => {
    const ask = openApi()
    await park()
    // Whatever else writes to this server, there are two questions in a row without it.
    await eventually(async () => {
      const first = await cached(ask)
      await later()
      expect((await cached(ask)).readAt).toBe(first.readAt)
    })
    for (let round = 0; round < 20; round++) {
      const parkedOffsets = await park()
      expect(await cached(ask)).toMatchObject({ parkedOffsets })
      expect(await cached(ask)).toMatchObject({ parkedOffsets })
    }
  })

  it('may be as old as the asker allows, and no older; a writer reads what it wrote', async () => {
    const ask = openApi()
    const allowed = { 'x-rollcall-max-staleness-ms': '60000' }
    const before = await cached(ask, allowed)
    const parkedOffsets = await park()
    expect(await cached(ask, allowed)).toEqual(before)
    const { extensions } = await ask('mutation { pauseIngestion(reason: "a test") { __typename } }')
    const readAfter = { ...allowed, 'x-rollcall-read-after': extensions?.readAfter ?? '' }
    expect(await cached(ask, readAfter)).toMatchObject({ parkedOffsets })
    await park()
    await later()
    const fresh = await cached(ask, { 'x-rollcall-max-staleness-ms': '1' })
    expect(fresh.parkedOffsets).toBe(Number(parkedOffsets) + 1)
  })

  it('is worked out once for all who ask at the same time and allow staleness', async () => {
    const ask = openApi()
    const allowed = { 'x-rollcall-max-staleness-ms': '60000' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => cached(ask, allowed)))
    expect(new Set(answers.map(({ readAt }) => readAt)).size).toBe(1)
  })

  it('speaks of nothing but the database: what Temporal says is asked for each time', async () => {
    const ask = openApi()
    const readAt = async () => {
      const { data, errors } = await ask(ofTemporal, {}, { 'x-rollcall-max-staleness-ms': '60000' })
      expect(errors).toBeUndefined()
      return (data?.ingestion as { freshness: Freshness }).freshness.readAt
    }
    const first = await readAt()
    await later()
    expect(await readAt()).not.toBe(first)
  })
})
