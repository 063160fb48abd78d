import { expect, test } from 'vitest'
import { rollUpQuarters } from '../../db/rollups/roll-up-quarters.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import { insertBatches, insertDelta } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const { sql, ask, field } = useApi(() => Promise.resolve())

let batches = 0

/** A batch of one attempt, not rolled up. */
async function count(minute: string): Promise<void> {
  const id = ++batches
  await insertBatches(sql(), [{ id, from: id, to: id + 1, committedAt: '2026-03-01T11:59:00Z' }])
  await insertDelta(sql(), id, [minute], [1])
}

const firstAttemptAt = async () =>
  (
    await field<{ freshness: { firstAttemptAt: string | null } }>(
      '{ measures { freshness { firstAttemptAt } } }',
    )
  ).freshness.firstAttemptAt

type Answered = { warnings?: { code: string; argument: string; message: string }[] }

const warningsOf = async (query: string) => {
  const { extensions, errors } = await ask(query)
  expect(errors).toBeUndefined()
  return ((extensions ?? {}) as Answered).warnings?.map(({ code, argument, message }) => ({
    code,
    argument,
    message,
  }))
}

const measured = (args: string) => warningsOf(`{ measures(${args}) { total { attempts } } }`)

test('nothing is known and nothing is warned of while nothing was counted', async () => {
  expect(await firstAttemptAt()).toBeNull()
  expect(await measured('from: "2025-01-01", to: "2026-01-01"')).toBeUndefined()
})

test('an answer says from when on attempts are known, rolled up or not, after retentions as well', async () => {
  await count('2026-02-10T08:22:00Z')
  expect(await firstAttemptAt()).toBe('2026-02-10T08:22:00.000Z')
  await rollUpCounts(sql(), 'user-login')
  expect(await firstAttemptAt()).toBe('2026-02-10T08:22:00.000Z')
  await count('2026-02-20T08:22:00Z')
  expect(await firstAttemptAt()).toBe('2026-02-10T08:22:00.000Z')
  await count('2026-02-03T23:59:00Z')
  expect(await firstAttemptAt()).toBe('2026-02-03T23:59:00.000Z')
  await rollUpCounts(sql(), 'user-login')
  await rollUpQuarters(sql(), Math.floor(Date.now() / DAY_MS) - Date.parse('2026-02-15') / DAY_MS)
  expect(await sql()`select from minute_count where hour < '2026-02-15'`).toHaveLength(0)
  expect(await firstAttemptAt()).toBe('2026-02-03T23:45:00.000Z')
})

test('a range that begins before the first attempt is answered with a warning, and no other one', async () => {
  const first = 'the first attempt that was counted is of 2026-02-03T23:45:00.000Z'
  expect(await measured('from: "2025-01-01", to: "2026-01-01"')).toEqual([
    {
      code: 'BEFORE_FIRST_ATTEMPT',
      argument: 'from',
      message: `the range ends at 2026-01-01T00:00:00.000Z, and ${first}: its 0 says that nothing is known of it`,
    },
  ])
  expect(await measured('from: "2026-02-01", to: "2026-03-01"')).toEqual([
    {
      code: 'BEFORE_FIRST_ATTEMPT',
      argument: 'from',
      message: `the range begins at 2026-02-01T00:00:00.000Z, and ${first}: until then 0 says that nothing is known`,
    },
  ])
  expect(await measured('from: "2026-02-03", to: "2026-03-01"')).toBeUndefined()
})

test('a bucket that is over before the first attempt is warned of, and a day only as a whole', async () => {
  const by = (bucket: string, from: string) =>
    measured(`bucket: ${bucket}, from: "2026-02-03T${from}:00Z", to: "2026-02-04", timeZone: "UTC"`)
  const warned = [expect.objectContaining({ code: 'BEFORE_FIRST_ATTEMPT', argument: 'from' })]
  expect(await by('DAY', '00:00')).toBeUndefined()
  expect(await by('HOUR', '22:00')).toEqual(warned)
  expect(await by('HOUR', '23:00')).toBeUndefined()
  expect(await by('YEAR', '00:00')).toBeUndefined()
  expect(await measured('bucket: YEAR, from: "2026-01-01", to: "2026-03-01"')).toEqual(warned)
})

test('what a range is compared with is warned of where it is asked for', async () => {
  const args = 'from: "2026-02-08", to: "2026-02-15", compareTo: [{daysBefore: 1}, {span: PREVIOUS}]'
  expect(await measured(args)).toBeUndefined()
  const compared = await warningsOf(`{ measures(${args}) { total { compared { attempts } } } }`)
  expect(compared).toEqual([
    expect.objectContaining({ code: 'BEFORE_FIRST_ATTEMPT', argument: 'compareTo[1]' }),
  ])
})

test('cohorts from before the first attempt are warned of', async () => {
  const cohorts = (from: string) =>
    warningsOf(`{ retention(bucket: DAY, from: "${from}", to: "2026-02-10") { cohorts { users } } }`)
  expect(await cohorts('2026-02-02')).toEqual([
    expect.objectContaining({ code: 'BEFORE_FIRST_ATTEMPT', argument: 'from' }),
  ])
  expect(await cohorts('2026-02-03')).toBeUndefined()
})

test('after a stray event, a range that begins in a silence of more than 30 days is warned of, and in no other', async () => {
  const silence = 'no attempt was counted between 2025-06-05T10:00:00.000Z and 2026-02-03T23:45:00.000Z'
  await count('2025-06-05T10:00:00Z')
  const inSilence = {
    code: 'IN_SILENCE',
    argument: 'from',
    message: `the range begins at 2026-01-01T00:00:00.000Z, and ${silence}: 0 until then may say that nothing is known, as before the first attempt`,
  }
  const year = 'from: "2026-01-01", to: "2026-03-01"'
  expect(await measured(year)).toEqual([inSilence])
  await rollUpCounts(sql(), 'user-login')
  expect(await measured(year)).toEqual([inSilence])
  expect(await measured('from: "2025-06-06", to: "2026-02-01"')).toEqual([
    {
      ...inSilence,
      message: `the range ends at 2026-02-01T00:00:00.000Z, and ${silence}: its 0 may say that nothing is known, as before the first attempt`,
    },
  ])
  expect(
    await warningsOf(
      `{ measures(from: "2026-02-08", to: "2026-02-15", compareTo: [{daysBefore: 30}]) { total { compared { users } } } }`,
    ),
  ).toEqual([expect.objectContaining({ code: 'IN_SILENCE', argument: 'compareTo[0]' })])
  expect(await measured('from: "2025-06-04", to: "2026-03-01"')).toEqual([
    expect.objectContaining({ code: 'BEFORE_FIRST_ATTEMPT' }),
  ])
  expect(await measured('from: "2025-06-05", to: "2026-03-01"')).toBeUndefined()
  // Between attempts of 10 and 20 February nobody wonders, and of what comes after the last one freshness tells.
  for (const from of ['2026-02-03', '2026-02-04', '2026-02-11', '2026-02-21'])
    expect(await measured(`from: "${from}", to: "2026-03-01"`), from).toBeUndefined()
  expect(await measured('bucket: HOUR, from: "2026-02-03T22:00Z", to: "2026-02-04"')).toEqual([
    expect.objectContaining({ code: 'IN_SILENCE' }),
  ])
})

test('31 days without an attempt are a silence, and 30 are none', async () => {
  await count('2025-05-06T10:00:00Z')
  expect(await measured('from: "2025-05-07", to: "2025-07-01"')).toBeUndefined()
  await sql()`delete from login_count_delta where batch_id = ${batches}`
  await sql()`delete from pending_rollup where batch_id = ${batches}`
  await count('2025-05-05T10:00:00Z')
  expect(await measured('from: "2025-05-07", to: "2025-07-01"')).toEqual([
    expect.objectContaining({ code: 'IN_SILENCE' }),
  ])
})
