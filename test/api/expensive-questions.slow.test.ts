import { describe, expect, it } from 'vitest'
import { insertBatches } from '../support/api/api-rows.ts'
import { eventually } from '../support/eventually.ts'
import { useApi } from '../support/api/use-api.ts'

const { ask, sql } = useApi((database) =>
  insertBatches(database, [{ id: 1, from: 0, to: 40, committedAt: '2026-03-01T10:00:00Z' }]),
)

const expensive = {
  reconciliation: 'reconciliation { __typename }',
  'reconciliation in fragments': '... on Query { ...F }',
  lineage: 'lineage(from: "2026-03-01T10:00Z", to: "2026-03-01T11:00Z") { __typename }',
  'counts of a moment': 'measures(asOf: "2026-03-01T10:30Z") { total { attempts } }',
  'attempts of users': 'measures(groupBy: [USER], first: 1) { groupCount }',
  'attempts of users by a variable': 'measures(groupBy: $by, first: 1) { groupCount }',
  'users by weekday': 'measures(groupBy: [WEEKDAY]) { groups { users } }',
  'attempts of somebody': 'measures(filter: { users: ["ann"] }) { total { attempts } }',
}
const fragment =
  'fragment F on Query { deep: reconciliation { __typename } ...G } fragment G on Query { __typename }'

/** Runs `work` while whoever reads the ledger has to wait. */
async function whileLedgerIsLocked<T>(work: () => Promise<T>): Promise<T> {
  return (await sql().begin(async (tx) => {
    await tx`lock table batch in access exclusive mode`
    return await work()
  })) as T
}

/** Runs `work` while each look at the ledger takes longer than a statement may. */
async function whileLedgerIsSlow(work: () => Promise<void>): Promise<void> {
  await sql().begin(async (tx) => {
    await tx`alter table batch rename to fast_batch`
    await tx`create view batch as
      select fast_batch.* from fast_batch cross join lateral (select pg_sleep(60) where fast_batch.id is not null) as slow`
    await tx`grant select on batch to rollcall_api`
  })
  try {
    await work()
  } finally {
    await sql().begin(async (tx) => {
      await tx`drop view batch`
      await tx`alter table fast_batch rename to batch`
    })
  }
}

const waiting = async () => {
  const [row] = await sql()<{ waiting: number }[]>`
    select count(*)::integer as waiting from pg_locks where not granted and relation = 'batch'::regclass`
  return row?.waiting ?? 0
}

describe('expensive questions', () => {
  it.each(Object.entries(expensive))(
    'of which many are asked at once leave connections to the others: %s',
    async (name, field) => {
      let answered = 0
      const asked = await whileLedgerIsLocked(async () => {
        const requests = Array.from({ length: 14 }, async (_, i) => {
          const text = name.includes('fragments') ? `{ ${field} } ${fragment}` : `{ a${i}: ${field} }`
          const [head, variables] = name.includes('variable')
            ? ['query ($by: [Dimension!]!)', { by: ['USER'] }]
            : ['', {}]
          const answer = await ask(`${head} ${text}`, variables, { 'x-forwarded-for': `192.0.2.${i % 2}` })
          answered++
          return answer
        })
        await eventually(async () => {
          expect(await waiting()).toBe(2)
        })
        const cheap = await ask('{ controlEvents { __typename } rejectedRecords { __typename } }')
        expect(cheap.errors).toBeUndefined()
        expect(answered).toBe(0)
        expect(await waiting()).toBe(2)
        return { requests }
      })
      const answers = await Promise.all(asked.requests)
      for (const { errors } of answers) expect(errors).toBeUndefined()
    },
  )

  it('that wait in vain are told so, and those after them are answered', async () => {
    await whileLedgerIsSlow(async () => {
      const answers = await Promise.all(
        Array.from({ length: 7 }, (_, i) =>
          ask(`{ ${expensive.reconciliation} }`, {}, { 'x-forwarded-for': `192.0.2.${i}` }),
        ),
      )
      const codes = answers.map(({ errors }) => (errors?.[0]?.extensions as { code: string }).code)
      expect(codes.filter((code) => code === 'DATABASE_BUSY').length).toBeGreaterThanOrEqual(1)
      expect(new Set(codes)).toEqual(new Set(['QUERY_TIMEOUT', 'DATABASE_BUSY']))
    })
    expect((await ask(`{ ${expensive.reconciliation} }`)).errors).toBeUndefined()
  })

  it.each([
    { name: 'lineage', room: 8 },
    { name: 'reconciliation', room: 1 },
  ] as const)('have room for $room of $name in a request', async ({ name, room }) => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: ${expensive[name]}`)
    expect((await ask(`{ ${fields(room).join(' ')} }`)).errors).toBeUndefined()
    const { errors } = await ask(`{ ${fields(room + 1).join(' ')} }`)
    expect(errors?.[0]?.message).toMatch(/complexity of \d+ is more than the cap of 25000/)
  })
})
