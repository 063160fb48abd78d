import { Kind, OperationTypeNode, parse, print } from 'graphql'
import { describe, expect, test } from 'vitest'
import { asQuery } from '../../api/live/as-query.ts'
import { logOf } from '../../domain/pipeline/partition-log-fixture.ts'
import { insertCheckpoint } from '../support/api/api-rows.ts'
import { blocksOf, pages } from '../support/api/document-blocks.ts'
import { BATCHES_OF_A_MONTH, insertMonth } from '../support/api/month-of-batches.ts'
import { useApi } from '../support/api/use-api.ts'

// The documents speak of November 2026.
const UNTIL = '2026-12-01T12:00:00Z'

/** Three hundred batches an hour. */
const FIRST_HOURS_END = '2026-11-01T18:00:00Z'

const {
  ask,
  field,
  sql: database,
} = useApi(
  async (sql) => {
    await insertMonth(sql, UNTIL)
    await insertCheckpoint(sql, 0, BATCHES_OF_A_MONTH, UNTIL)
  },
  {
    kafka: () => ({ ok: true, bounds: [logOf(0, 0, BATCHES_OF_A_MONTH)] }),
    workflowStatus: () => Promise.resolve({ known: true, partitions: [] }),
    clock: () => Date.parse(UNTIL),
  },
)

describe('a deployment that has run for a month', () => {
  // The questions of that page have answers of their own (analytics.test.ts).
  const others = pages.filter((page) => page !== 'docs/analytics.md')
  const questions = others.flatMap((page) =>
    blocksOf(page, 'graphql')
      .filter(isQuestion)
      .map((text) => ({ page, text })),
  )

  test('has documents with questions to try', () => {
    expect(new Set(questions.map(({ page }) => page))).toEqual(new Set(others))
  })

  test.each(questions)('answers every question of $page: $text', async ({ text }) => {
    expect((await ask(print(asQuery(parse(text))))).errors).toBeUndefined()
  })
})

type Step = {
  isConsistent: boolean
  batchCount: number
  firstCommittedAt: string
  lastCommittedAt: string
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null }
  hasComparedTotals: boolean
  discrepancies: unknown[]
}

const fields = `isConsistent batchCount firstCommittedAt lastCommittedAt pageInfo { hasNextPage hasPreviousPage endCursor } hasComparedTotals discrepancies { kind subject }`

describe('a reconciliation without any argument', () => {
  test('covers the latest batches, says which, and claims nothing of the others', async () => {
    const step = await field<Step>(`{ reconciliation { ${fields} } }`)
    expect(step).toMatchObject({
      isConsistent: true,
      batchCount: 500,
      pageInfo: { hasNextPage: true },
      hasComparedTotals: false,
    })
    // 500 batches of 12 seconds each.
    expect(step).toMatchObject({
      firstCommittedAt: '2026-12-01T10:20:00.000Z',
      lastCommittedAt: '2026-12-01T11:59:48.000Z',
    })
  })

  test('goes on where the answer before ended, until the ledger has been covered whole', async () => {
    const committed = `committedAt: { to: "${FIRST_HOURS_END}" }`
    const pages: Step[] = []
    let after: string | null = null
    do {
      const from: string = after === null ? '' : `, after: "${after}"`
      const step: Step = await field<Step>(
        `{ reconciliation(first: 700, ${committed}${from}) { ${fields} } }`,
      )
      pages.push(step)
      after = step.pageInfo.endCursor
    } while (after !== null)
    expect(pages.map(({ batchCount }) => batchCount)).toEqual([700, 700, 400])
    expect(pages.map(({ isConsistent }) => isConsistent)).toEqual([true, true, true])
    expect(pages.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false])
    expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([false, true, true])
    const places = pages.flatMap(({ firstCommittedAt, lastCommittedAt }) => [
      lastCommittedAt,
      firstCommittedAt,
    ])
    expect(places).toEqual([...places].sort().reverse())
  })

  test('disagrees for what it covers and for nothing else', async () => {
    const breakDelta = (id: number) =>
      database()`update login_count_delta set logins = array[2::bigint] where batch_id = ${id}`
    await breakDelta(5)
    expect(await field(`{ reconciliation { ${fields} } }`)).toMatchObject({
      isConsistent: true,
      pageInfo: { hasNextPage: true },
    })
    const old = `committedAt: { to: "${FIRST_HOURS_END}" }`
    const found = [{ kind: 'BATCH_ATTEMPTS', subject: 'batch 5' }, { kind: 'MINUTE_COUNT' }]
    expect(await field(`{ reconciliation(${old}) { ${fields} } }`)).toMatchObject({
      isConsistent: false,
      discrepancies: found,
    })
    await breakDelta(BATCHES_OF_A_MONTH - 100)
    expect(await field(`{ reconciliation { ${fields} } }`)).toMatchObject({ isConsistent: false })
  })

  test('is asked once in a request', async () => {
    const twice = `{ a: reconciliation { __typename } b: reconciliation { __typename } }`
    const { errors } = await ask(twice)
    expect(errors?.[0]?.message).toMatch(/complex/i)
  })
})

function isQuestion(text: string): boolean {
  return parse(text).definitions.every(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation !== OperationTypeNode.MUTATION,
  )
}
