import { beforeEach, expect, it } from 'vitest'
import { NOW_MS, refusalIn } from '../support/api/api-fixture.ts'
import { insertCheckpoint, insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

// The clock of the API starts at 12:00:30. Nothing is written while a test runs: an answer may be given again.
let nowMs = NOW_MS
const { ask, field } = useApi(
  async (sql) => {
    await insertCheckpoint(sql, 0, 100, '2026-03-01T12:00:20Z')
    await insertCounts(sql, [['2026-03-01T12:00:00Z', 'iOS', '2.0', 'NY', 30]])
  },
  { clock: () => nowMs },
)

/** Reads the database, so that the answer may be given again. */
const BESIDE = 'batches { __typename }'

/** The code of the error, if there is one. */
const codeOf = async (question: string) => refusalIn((await ask(`{ ${question} ${BESIDE} }`)).errors).code

beforeEach(() => {
  nowMs = NOW_MS
})

it('a moment of the future is refused until it comes, and not until the minute is over', async () => {
  const asOf = () => codeOf('measures(asOf: "2026-03-01T12:00:40Z") { total { attempts } }')
  expect(await asOf()).toBe('INVALID_RANGE')
  nowMs += 9_999
  expect(await asOf()).toBe('INVALID_RANGE')
  nowMs += 1
  expect(await asOf()).toBeUndefined()
})

it('what is over of a minute that runs grows with every second of it', async () => {
  const over = async () => {
    const { points } = await field<{ points: { elapsedMinutes: number }[] }>(
      `{ measures(bucket: MINUTE, from: "2026-03-01T12:00:00Z", to: "2026-03-01T12:01:00Z") {
         points { attempts elapsedMinutes } } }`,
    )
    return points[0]?.elapsedMinutes
  }
  expect(await over()).toBe(0.5)
  nowMs += 15_000
  expect(await over()).toBe(0.75)
  nowMs += 15_000
  expect(await over()).toBe(1)
})

it('changes since a moment of the future are refused until it comes', async () => {
  const since = () => codeOf('measures(since: "2026-03-01T12:00:40Z") { total { attempts } }')
  expect(await since()).toBe('INVALID_RANGE')
  nowMs += 20_000
  expect(await since()).toBeUndefined()
})
