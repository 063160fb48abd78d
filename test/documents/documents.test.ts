import { isInterfaceType, Kind, OperationTypeNode, parse, print, visit } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../api/schema/schema.ts'
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
  const questions = pages.flatMap((page) =>
    blocksOf(page, 'graphql')
      .filter(isQuestion)
      .map((text) => ({ page, text })),
  )

  test('has documents with questions to try', () => {
    expect(new Set(questions.map(({ page }) => page))).toEqual(new Set(pages))
  })

  test.each(questions)('answers every question of $page: $text', async ({ text }) => {
    const { data, errors } = await ask(namingTypes(text))
    expect(errors).toBeUndefined()
    for (const [name, answer] of Object.entries(data ?? {})) {
      const { __typename: type, message } = answer as { __typename: string; message?: string }
      expect(errorTypes, `${name}: ${type} ${message ?? ''}`).not.toContain(type)
    }
  })
})

type Step = {
  agrees: boolean
  batches: number
  committedFrom: string
  committedTo: string
  hasNextPage: boolean
  endCursor: string | null
  totalsCompared: boolean
  differences: unknown[]
}

const fields = `... on Reconciliation {
  agrees batches committedFrom committedTo hasNextPage endCursor totalsCompared differences { kind subject } }`

describe('a reconciliation without any argument', () => {
  test('covers the latest batches, says which, and claims nothing of the others', async () => {
    const step = await field<Step>(`{ reconciliation { ${fields} } }`)
    expect(step).toMatchObject({ agrees: true, batches: 500, hasNextPage: true, totalsCompared: false })
    // 500 batches of 12 seconds each.
    expect(step).toMatchObject({
      committedFrom: '2026-12-01T10:20:00.000Z',
      committedTo: '2026-12-01T11:59:48.000Z',
    })
  })

  test('goes on where the answer before ended, until the ledger has been covered whole', async () => {
    const committed = `committed: { to: "${FIRST_HOURS_END}" }`
    const pages: Step[] = []
    let after: string | null = null
    do {
      const from: string = after === null ? '' : `, after: "${after}"`
      const step: Step = await field<Step>(
        `{ reconciliation(first: 700, ${committed}${from}) { ${fields} } }`,
      )
      pages.push(step)
      after = step.endCursor
    } while (after !== null)
    expect(pages.map(({ batches }) => batches)).toEqual([700, 700, 400])
    expect(pages.map(({ agrees }) => agrees)).toEqual([true, true, true])
    expect(pages.map(({ hasNextPage }) => hasNextPage)).toEqual([true, true, false])
    const places = pages.flatMap(({ committedFrom, committedTo }) => [committedTo, committedFrom])
    expect(places).toEqual([...places].sort().reverse())
  })

  test('disagrees for what it covers and for nothing else', async () => {
    const breakDelta = (id: number) =>
      database()`update login_count_delta set logins = array[2::bigint] where batch_id = ${id}`
    await breakDelta(5)
    expect(await field(`{ reconciliation { ${fields} } }`)).toMatchObject({ agrees: true, hasNextPage: true })
    const old = `committed: { to: "${FIRST_HOURS_END}" }`
    const found = [{ kind: 'BATCH_LOGINS', subject: 'batch 5' }, { kind: 'MINUTE_COUNT' }]
    expect(await field(`{ reconciliation(${old}) { ${fields} } }`)).toMatchObject({
      agrees: false,
      differences: found,
    })
    await breakDelta(BATCHES_OF_A_MONTH - 100)
    expect(await field(`{ reconciliation { ${fields} } }`)).toMatchObject({ agrees: false })
  })

  test('is asked once in a request', async () => {
    const twice = `{ a: reconciliation { __typename } b: reconciliation { __typename } }`
    const { errors } = await ask(twice)
    expect(errors?.[0]?.message).toMatch(/complex/i)
  })
})

const errorTypes = (() => {
  const error = schema.getType('Error')
  if (!isInterfaceType(error)) throw new Error('the schema has no interface Error')
  return schema.getPossibleTypes(error).map(({ name }) => name)
})()

function isQuestion(text: string): boolean {
  return parse(text).definitions.every(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.QUERY,
  )
}

/** The same question, whose answers name their types. */
function namingTypes(text: string): string {
  const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const
  return print(
    visit(parse(text), {
      SelectionSet: (node, _key, _parent, path) =>
        // operation → selectionSet → field → selectionSet
        path.filter((part) => part === 'selectionSet').length === 2
          ? { ...node, selections: [typename, ...node.selections] }
          : undefined,
    }),
  )
}
