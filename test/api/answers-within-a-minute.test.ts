import { beforeEach, expect, it } from 'vitest'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertCheckpoint, insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

// The clock of the API starts at 12:00:30. Nothing is written while a test runs: an answer may be given again.
let nowMs = NOW_MS
const { field } = useApi(
  async (sql) => {
    await insertCheckpoint(sql, 0, 100, '2026-03-01T12:00:20Z')
    await insertCounts(sql, [['2026-03-01T12:00:00Z', 'iOS', '2.0', 'NY', 30]])
  },
  { clock: () => nowMs },
)

/** Reads the database, so that the answer may be given again. */
const BESIDE = 'batches { __typename }'

beforeEach(() => {
  nowMs = NOW_MS
})

it('a moment of the future is refused until it comes, and not until the minute is over', async () => {
  const kind = async (args: string) => {
    const { __typename } = await field<{ __typename: string }>(
      `{ loginCounts(bucket: HOUR, ${args}) { __typename } ${BESIDE} }`,
    )
    return __typename
  }
  const asOf = 'asOf: "2026-03-01T12:00:40Z"'
  expect(await kind(asOf)).toBe('InvalidRangeError')
  nowMs += 9_999
  expect(await kind(asOf)).toBe('InvalidRangeError')
  nowMs += 1
  expect(await kind(asOf)).toBe('LoginCounts')
})

it('the rate of a minute that runs falls with every second of it', async () => {
  const rate = async () => {
    const { series } = await field<{ series: { points: { ratePerMinute: number }[] }[] }>(
      `{ loginCounts(bucket: MINUTE, from: "2026-03-01T12:00:00Z", to: "2026-03-01T12:01:00Z") {
         ... on LoginCounts { series { points { ratePerMinute } } } } }`,
    )
    return series[0]?.points[0]?.ratePerMinute
  }
  expect(await rate()).toBe(60)
  nowMs += 15_000
  expect(await rate()).toBe(40)
  nowMs += 15_000
  expect(await rate()).toBe(30)
})

it('countChanges from a moment of the future are refused until it comes', async () => {
  const kind = async () => {
    const { __typename } = await field<{ __typename: string }>(
      `{ countChanges(bucket: HOUR, since: "2026-03-01T12:00:40Z") { __typename } ${BESIDE} }`,
    )
    return __typename
  }
  expect(await kind()).toBe('InvalidRangeError')
  nowMs += 20_000
  expect(await kind()).toBe('LoginCounts')
})
