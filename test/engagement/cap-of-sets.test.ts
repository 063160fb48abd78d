import { expect, test } from 'vitest'
import { anyLogin } from '../../db/read/counts/count-filter.ts'
import type { SetQuestion } from '../../db/read/engagement/set-cells.ts'
import { readCohortCells } from '../../db/read/engagement/cohort-cells.ts'
import { readSets } from '../../db/read/engagement/sets.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { CHUNK_BYTES } from '../../domain/engagement/bitmap.ts'
import { sfc32 } from '../../generator/sfc32.ts'
import {
  DAYS,
  inOneSnapshot,
  randomLogin,
  rollAll,
  START_MS,
  writeBatch,
} from '../support/api/indexed-world.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { useIndexedLogins } from '../support/api/use-indexed-logins.ts'

const { sql, indexAll } = useIndexedLogins()

const HOUR_MS = 3_600_000
const FIRST_DAY = START_MS / (24 * HOUR_MS)

async function listSome(count: number): Promise<SeenLogin[]> {
  const random = sfc32(1, 50)
  const logins = Array.from({ length: count }, () => randomLogin(random))
  await writeBatch(sql(), 1, 0, logins)
  await rollUpSightings(sql())
  await rollAll(sql())
  await indexAll()
  return logins
}

test('lists of parts of hours are refused as soon as they have more bytes than may be read', async () => {
  await listSome(300)
  const span = { fromMs: START_MS + 10.5 * HOUR_MS, toMs: START_MS + 11.5 * HOUR_MS }
  const [listed] = await sql()<{ bytes: number }[]>`
    select sum(octet_length(minutes) + octet_length(users))::integer as bytes from hour_login
    where hour in (${new Date(START_MS + 10 * HOUR_MS)}, ${new Date(START_MS + 11 * HOUR_MS)})`
  const bytes = listed?.bytes ?? 0
  const question: SetQuestion = {
    kind: 'user',
    by: [],
    areNew: false,
    filter: { ...anyLogin, attempts: 'all' },
  }
  const read = (most: number) =>
    inOneSnapshot(sql(), (session) =>
      readSets(session, question, null, [{ kind: 'cells', span, number: 0 }], {
        areByDays: () => false,
        ...{ most, mostBitmaps: 0 },
      }),
    )
  expect(await read(bytes)).toHaveLength(1)
  expect(await read(bytes - 1)).toBe('bytes')
})

test('bitmaps of days within spans are refused as soon as they have more bytes than may be read', async () => {
  const logins = await listSome(60)
  const span = { fromMs: START_MS - HOUR_MS, toMs: START_MS + DAYS * 24 * HOUR_MS - HOUR_MS }
  const inSpan = logins.filter(({ eventTimeMs }) => eventTimeMs < span.toMs)
  const types = [...new Set(inSpan.map(({ deviceType }) => deviceType))]
  const question: SetQuestion = {
    ...{ kind: 'user', by: ['device_type'], areNew: false },
    filter: { ...anyLogin, attempts: 'all' },
  }
  const facet = { facet: 'device_type' as const, values: null, attempts: 'all' as const }
  const read = (most: number) =>
    inOneSnapshot(sql(), (session) =>
      readSets(session, question, facet, [{ kind: 'cells', span, number: 0 }], {
        areByDays: () => true,
        ...{ most, mostBitmaps: 0 },
      }),
    )
  const counts = await read(types.length * CHUNK_BYTES)
  if (typeof counts === 'string') throw new Error(counts)
  expect(new Map(counts.map(({ values, members }) => [values.device_type, members]))).toEqual(
    new Map(
      types.map((type) => [
        type,
        new Set(inSpan.filter(({ deviceType }) => deviceType === type).map(({ userId }) => userId)).size,
      ]),
    ),
  )
  expect(await read(types.length * CHUNK_BYTES - 1)).toBe('bytes')
})

test('bitmaps of days are refused as soon as more would be added up inside Postgres than may be', async () => {
  await listSome(60)
  const question: SetQuestion = {
    ...{ kind: 'user', by: ['device_type'], areNew: false },
    filter: { ...anyLogin, attempts: 'logins' },
  }
  const facet = { facet: 'device_type' as const, values: null, attempts: 'logins' as const }
  const [held] = await sql()<{ bitmaps: number }[]>`
    select count(*)::integer as bitmaps from engagement
    where kind = 'user' and period = 'day' and facet = 'device_type' and attempts = 'logins'`
  const bitmaps = held?.bitmaps ?? 0
  const read = (mostBitmaps: number) =>
    inOneSnapshot(sql(), (session) =>
      readSets(
        session,
        question,
        facet,
        Array.from({ length: DAYS }, (_, number) => ({
          ...{ kind: 'days' as const, number },
          days: { from: FIRST_DAY + number, to: FIRST_DAY + number + 1 },
        })),
        { areByDays: () => true, most: 0, mostBitmaps },
      ),
    )
  expect(bitmaps).toBeGreaterThan(DAYS)
  expect(await read(bitmaps)).toHaveLength(bitmaps)
  expect(await read(bitmaps - 1)).toBe('bitmaps')
})

test.each([false, true])(
  'cohorts are refused for too many cells, and in a zone for too many chunks of bitmaps, each by itself (in a zone: %s)',
  async (isInZone) => {
    await listSome(60)
    const startMs = START_MS - (isInZone ? HOUR_MS : 0)
    const spans = Array.from({ length: DAYS }, (_, day) => ({
      fromMs: startMs + day * 24 * HOUR_MS,
      toMs: startMs + (day + 1) * 24 * HOUR_MS,
    }))
    const read = (cells: number, chunks: number) =>
      inOneSnapshot(sql(), (session) =>
        readCohortCells(session, spans, { by: null, attempts: 'logins' }, { cells, chunks }),
      )
    const cells = await read(100, 100)
    expect(cells.length).toBeGreaterThan(DAYS)
    expect(await read(cells.length - 1, 100)).toBe('cells')
    if (isInZone) expect(await read(100, 0)).toBe('chunks')
    else expect(await read(cells.length, 0)).toEqual(cells)
  },
)
