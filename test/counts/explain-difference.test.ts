import { expect, it } from 'vitest'
import type { Sql } from '../../db/connection/connect.ts'
import { keepFrom } from '../../db/login-rows/retention-bound.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertCheckpoint } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'
import { seed } from '../support/seed.ts'

const PARTITIONS = 3
const STEPS = 60
/** By how much times may differ from the order of commits; less than answers allow for. */
const OVERLAP_MS = 250_000
/** All logins are in it, but for those of one batch in four. */
const RANGE = { fromMs: NOW_MS - 5 * 3_600_000 - 30_000, toMs: NOW_MS - 30_000 }
const QUESTION = `(from: "${isoOf(RANGE.fromMs)}", to: "${isoOf(RANGE.toMs)}"`

const { sql, ask, refusal } = useApi(async (database) => {
  for (let partition = 0; partition < PARTITIONS; partition++)
    await insertCheckpoint(database, partition, 0, null)
})

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}

type Kind = 'BATCHES' | 'LATE' | 'REPLAY' | 'REDRIVE' | 'RETENTION'
type Entry = { bucketMs: number; locale: string; outcome: string; attempts: number }
/** What a transaction counted, or a batch that it parked. */
type Step = { kind: 'batch' | 'replay' | 'redrive' | 'parked'; committedMs: number; entries: Entry[] }
type Tally = { attempts: number; failures: number }
type Seen = { position: string; total: Tally }

const random = sfc32(seed, 1)
const below = (count: number) => Math.floor(fraction(random) * count)

const someEntries = (): Entry[] =>
  Array.from({ length: 1 + below(4) }, () => ({
    bucketMs: Math.floor((NOW_MS - below(6 * 60) * 60_000) / 60_000) * 60_000,
    locale: ['CA', 'TX', 'NY'][below(3)] ?? '',
    outcome: ['success', 'failure', 'unknown'][below(3)] ?? '',
    attempts: 1 + below(9),
  }))

let batches = 0
const parked: { id: number; partition: number }[] = []
const counted: { id: number; partition: number }[] = []

/** One transaction as ingestion, a replay or a redrive commits it. Transactions overlap: times are not in order of commits. */
async function step(number: number): Promise<Step> {
  const committedMs = NOW_MS - (STEPS - number) * 90_000 - below(OVERLAP_MS)
  const entries = someEntries()
  const choice = below(10)
  const again = choice < 2 ? parked.pop() : choice < 4 ? counted[below(counted.length)] : undefined
  const kind = again === undefined ? (choice === 9 ? 'parked' : 'batch') : choice < 2 ? 'replay' : 'redrive'
  await sql().begin(async (transaction) => {
    const tx = transaction as unknown as Sql
    if (again === undefined) await commitBatch(tx, kind === 'parked' ? null : entries, committedMs)
    else await commitChange(tx, again, kind, entries, committedMs)
  })
  return { kind, committedMs, entries: kind === 'parked' ? [] : entries }
}

async function commitBatch(tx: Sql, entries: Entry[] | null, committedMs: number): Promise<void> {
  const [id, partition] = [++batches, below(PARTITIONS)]
  const events = (entries ?? []).map(({ bucketMs }) => bucketMs)
  await tx`
    with moved as (
      update partition_checkpoint set next_offset = next_offset + 10 where partition = ${partition}
      returning next_offset
    )
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows, first_event_at,
                       last_event_at, processed_at, committed_at, code_version)
    select ${id}, 'user-login', ${partition}, next_offset - 10, next_offset, ${entries === null ? 'parked' : 'committed'}, 10, 0, 0, 0,
           ${eventAt(Math.min(...events))}::text::timestamptz, ${eventAt(Math.max(...events))}::text::timestamptz, now(),
           ${isoOf(committedMs)}::text::timestamptz, 'test'
    from moved`
  if (entries !== null) await insertEntries(tx, id, 0, entries)
  ;(entries === null ? parked : counted).push({ id, partition })
}

const eventAt = (ms: number) => (Number.isFinite(ms) ? isoOf(ms) : null)

async function commitChange(
  tx: Sql,
  { id, partition }: { id: number; partition: number },
  kind: string,
  entries: Entry[],
  committedMs: number,
): Promise<void> {
  const events = entries.map(({ bucketMs }) => bucketMs)
  const [made] = await tx<{ revision: number }[]>`
    with moved as (
      update partition_checkpoint set changes = changes + 1 where partition = ${partition} returning changes
    ), changed as (
      update batch set revision = revision + 1, status = case when status = 'parked' then 'replayed' else status end,
        first_event_at = least(first_event_at, ${isoOf(Math.min(...events))}::text::timestamptz),
        last_event_at = greatest(last_event_at, ${isoOf(Math.max(...events))}::text::timestamptz)
      where id = ${id} returning revision
    )
    insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, committed_at,
                                code_version)
    select ${id}, revision, changes, ${kind}, ${`command of ${id}`}, 1, 0, now(), ${isoOf(committedMs)}::text::timestamptz, 'test'
    from moved, changed
    returning revision`
  await insertEntries(tx, id, made?.revision ?? 0, entries)
}

async function insertEntries(tx: Sql, id: number, revision: number, entries: Entry[]): Promise<void> {
  const all = (value: string) => entries.map(() => value)
  await tx`insert into pending_rollup (batch_id, topic, revision) values (${id}, 'user-login', ${revision})`
  await tx`insert into pending_commit_rollup (batch_id, revision) values (${id}, ${revision})`
  await tx`
    insert into login_count_delta (batch_id, revision, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${id}, ${revision}, ${entries.map(({ bucketMs }) => isoOf(bucketMs))}::text[]::timestamptz[], ${all('iOS')}::text[],
            ${all('1.0')}::text[], ${entries.map(({ locale }) => locale)}::text[], ${entries.map(({ outcome }) => outcome)}::text[],
            ${entries.map(({ attempts }) => String(attempts))}::text[]::bigint[])`
}

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
    steps.push(await step(number))
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
