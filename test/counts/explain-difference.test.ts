import { expect, it } from 'vitest'
import { keepFrom } from '../../db/login-rows/retention-bound.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertCheckpoint } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'
import {
  below,
  commitStep,
  type Entry,
  isoOf,
  PARTITIONS,
  type Step,
  STEPS,
} from '../support/ledger/committed-steps.ts'
import { seed } from '../support/seed.ts'

/** All logins are in it, but for those of one batch in four. */
const RANGE = { fromMs: NOW_MS - 5 * 3_600_000 - 30_000, toMs: NOW_MS - 30_000 }
const QUESTION = `(from: "${isoOf(RANGE.fromMs)}", to: "${isoOf(RANGE.toMs)}"`

const { sql, ask, refusal } = useApi(async (database) => {
  for (let partition = 0; partition < PARTITIONS; partition++)
    await insertCheckpoint(database, partition, 0, null)
})

type Kind = 'BATCHES' | 'LATE' | 'REPLAY' | 'REDRIVE' | 'RETENTION'
type Tally = { attempts: number; failures: number }
type Seen = { position: string; total: Tally }

async function seen(): Promise<Seen> {
  const { data, errors } = await ask(
    `{ measures${QUESTION}) { total { attempts failures } freshness { position } } }`,
  )
  expect(errors).toBeUndefined()
  const measures = data?.measures as { total: Tally; freshness: { position: string } }
  return { position: measures.freshness.position, total: measures.total }
}

type Explained = {
  earlier: Tally
  later: Tally
  difference: Tally
  unexplained: Tally
  causes: (Tally & { kind: Kind; logins: number; contributions: { attempts: number }[] })[]
}

async function explain(points: string): Promise<Explained> {
  const tally = '{ attempts failures }'
  const { data, errors } = await ask(`{ explainDifference${QUESTION}, ${points}) {
    earlier ${tally} later ${tally} difference ${tally} unexplained ${tally}
    causes { kind attempts logins failures contributions { attempts } } } }`)
  expect(errors).toBeUndefined()
  return data?.explainDifference as Explained
}

const isInRange = ({ bucketMs }: Entry) => bucketMs >= RANGE.fromMs && bucketMs < RANGE.toMs

/** What some steps added, by cause. */
function expected(steps: readonly Step[], isCounted = isInRange): Map<Kind, Tally> {
  const causes = new Map<Kind, Tally>()
  for (const { kind, committedMs, entries } of steps)
    for (const { bucketMs, outcome, attempts } of entries.filter(isCounted)) {
      const isLate = bucketMs + 61 * 60_000 < committedMs
      const cause =
        kind === 'replay' ? 'REPLAY' : kind === 'redrive' ? 'REDRIVE' : isLate ? 'LATE' : 'BATCHES'
      const { attempts: all, failures } = causes.get(cause) ?? { attempts: 0, failures: 0 }
      causes.set(cause, {
        attempts: all + attempts,
        failures: failures + (outcome === 'failure' ? attempts : 0),
      })
    }
  return causes
}

const byKind = ({ causes }: Explained) =>
  new Map(causes.map(({ kind, attempts, failures }) => [kind, { attempts, failures }]))

const sorted = (causes: Map<string, Tally>) => [...causes].toSorted()

it(`any two answers differ by what was committed between them, and by nothing else (seed ${seed})`, async () => {
  const steps: Step[] = []
  const answers: Seen[] = [await seen()]
  for (let number = 1; number <= STEPS; number++) {
    steps.push(await commitStep(sql(), number))
    answers.push(await seen())
    if (below(5) === 0) await rollUpCounts(sql(), 'user-login')
    if (below(9) === 0) await rollUpByCommitTime(sql())
  }
  const pairs = Array.from({ length: 60 }, () => [below(STEPS + 1), below(STEPS + 1)].sort((a, b) => a - b))
  for (const [from = 0, to = 0] of [...pairs, [0, STEPS], [STEPS, STEPS]]) {
    const [earlier, later] = [answers[from], answers[to]]
    const explained = await explain(
      `earlier: { position: "${earlier?.position}" }, later: { position: "${later?.position}" }`,
    )
    expect(explained).toMatchObject({
      ...{ earlier: earlier?.total, later: later?.total },
      unexplained: { attempts: 0, failures: 0 },
    })
    expect(sorted(byKind(explained))).toEqual(sorted(expected(steps.slice(from, to))))
    for (const { attempts, failures, logins, contributions } of explained.causes) {
      expect(logins).toBe(attempts - failures)
      expect(contributions.reduce((sum, one) => sum + one.attempts, 0)).toBe(attempts)
    }
  }
  // The later point may be given as the earlier one.
  const [first, last] = [answers[0], answers[STEPS]]
  const backwards = await explain(
    `earlier: { position: "${last?.position}" }, later: { position: "${first?.position}" }`,
  )
  expect(backwards).toMatchObject({ earlier: last?.total, later: first?.total })
  expect(backwards.unexplained).toEqual({ attempts: 0, failures: 0 })
  expect(backwards.difference.attempts).toBeLessThan(0)

  // Until now, and by a filter.
  const half = answers[STEPS / 2]
  const filtered = await explain(
    `earlier: { position: "${half?.position}" }, filter: { locale: { in: ["TX"] } }`,
  )
  expect(sorted(byKind(filtered))).toEqual(
    sorted(expected(steps.slice(STEPS / 2), (entry) => isInRange(entry) && entry.locale === 'TX')),
  )
  expect(filtered.unexplained).toEqual({ attempts: 0, failures: 0 })

  // Moments go by when something was written.
  const [since, until] = [NOW_MS - 40 * 90_000, NOW_MS - 10 * 90_000]
  const byMoment = await explain(`earlier: { at: "${isoOf(since)}" }, later: { at: "${isoOf(until)}" }`)
  const between = steps.filter(({ committedMs }) => committedMs > since && committedMs <= until)
  expect(sorted(byKind(byMoment))).toEqual(sorted(expected(between)))
  expect(byMoment.unexplained).toEqual({ attempts: 0, failures: 0 })
})

it('what retention took of the range is named, and adds nothing', async () => {
  const retentions = async (from: string, to: string) => {
    const { data, errors } =
      await ask(`{ explainDifference(from: "${from}", to: "${to}", earlier: { at: "2026-03-01T06:00:00Z" }) {
      unexplained { attempts } causes { kind attempts message } } }`)
    expect(errors).toBeUndefined()
    const { causes, unexplained } = data?.explainDifference as Explained & { causes: { message: string }[] }
    expect(unexplained.attempts).toBe(0)
    return causes.filter(({ kind }) => kind === 'RETENTION')
  }
  const [before, after] = ['2026-03-01T08:00:00Z', '2026-03-01T11:00:00Z']
  expect(await retentions(before, after)).toEqual([])
  await keepFrom(sql(), 'minute_count', sql()`${'2026-03-01T09:00:00Z'}::text::timestamptz`)
  expect(await retentions(before, after)).toEqual([
    {
      ...{ kind: 'RETENTION', attempts: 0 },
      message: expect.stringMatching(/before 2026-03-01T09:00:00.000Z of counts of single minutes/) as string,
    },
  ])
  expect(await retentions('2026-03-01T09:00:00Z', after)).toEqual([])
})

it('a point that is none is refused', async () => {
  const explained = (earlier: string) => `{ explainDifference(earlier: ${earlier}) { from } }`
  expect(await refusal(explained('{ position: "soon" }'))).toMatchObject({
    ...{ code: 'INVALID_ARGUMENT', argument: 'earlier.position' },
  })
  const ahead = Buffer.from('p1/user-login/0:0:100000:0').toString('base64url')
  expect(await refusal(explained(`{ position: "${ahead}" }`))).toMatchObject({
    ...{ code: 'INVALID_ARGUMENT', argument: 'earlier.position' },
    message: expect.stringMatching(/includes more than the node that answers/) as string,
  })
  const other = Buffer.from('p1/other/0:0:1:0').toString('base64url')
  expect(await refusal(explained(`{ position: "${other}" }`))).toMatchObject({ code: 'INVALID_ARGUMENT' })
  const ofUser = explained('{ at: "2026-03-01T11:00:00Z" }, filter: { users: ["u"] }')
  expect(await refusal(ofUser)).toMatchObject({ code: 'UNSUPPORTED_COMBINATION', argument: 'filter' })
  expect(await refusal(explained('{ batchId: "999999" }'))).toMatchObject({
    ...{ code: 'NOT_FOUND', argument: 'earlier.batchId' },
  })
  expect(await refusal(explained('{ at: "2099-01-01T00:00:00Z" }'))).toMatchObject({
    ...{ code: 'INVALID_RANGE', argument: 'earlier.at' },
  })
})
