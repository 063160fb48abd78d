import { actorText } from '../domain/access/command-proof.ts'
import { describe, expect, it, vi } from 'vitest'
import { ReadFailure, type ReadFailureKind } from '../db/nodes/read-failure.ts'
import type { IngestionRequest } from './context/command-types.ts'
import { CommandRefusedError } from './context/command-errors.ts'
import { failing, noCommands, serve } from './server-fixture.ts'

describe('questions beyond a cap', () => {
  const { ask } = serve()
  it.each([
    [
      'measures(bucket: MINUTE, from: "2026-01-01T00:00Z", to: "2026-02-01T00:00Z")',
      { argument: 'bucket', cap: 10_000, asked: 44_640 },
      /the range has 44640 minutes, more than the cap of 10000: ask for a shorter range or a coarser bucket/,
    ],
    [
      'measures(from: "1970-01-01T00:00Z", compareTo: [{ span: PREVIOUS }])',
      { argument: 'from', cap: 10_000 },
      /cap of 10000: ask for a shorter range/,
    ],
    [
      'measures(groupBy: [LOCALE], first: 501)',
      { argument: 'first', cap: 500, asked: 501 },
      /501 is more than the cap of 500/,
    ],
    [
      'controlEvents(last: 1000)',
      { argument: 'last', cap: 500, asked: 1000 },
      /1000 is more than the cap of 500/,
    ],
  ])('are told the cap and how to ask instead: %s', async (question, details, message) => {
    const { data, errors } = await ask(`{ answer: ${question} { __typename } }`)
    expect(data).toEqual({ answer: null })
    expect(errors).toMatchObject([
      {
        path: ['answer'],
        message: expect.stringMatching(message) as unknown,
        extensions: { code: 'ANSWER_TOO_LARGE', ...details },
      },
    ])
  })

  it.each([
    [
      'complexity',
      '{ a: rejectedRecords(first: 500) { ...R } b: rejectedRecords(first: 500) { ...R } c: rejectedRecords(first: 500) { ...R } } fragment R on RejectedRecordConnection { edges { cursor node { topic partition offset batchId reason detail keyBase64 valueBytes valueText headers { name valueBase64 } recordedAt rejectedAt } } }',
      /complexity of \d+ is more than the cap of 25000/,
    ],
    [
      'aliases',
      `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      /aliases than the cap of 15/,
    ],
    ['directives', `{ __typename ${'@include(if: true) '.repeat(11)} }`, /directives than the cap of 10/],
    ['fields', `{ ${'__typename '.repeat(301)} }`, /fields than the cap of 300/],
    [
      'fragments',
      `{ __typename } ${Array.from({ length: 51 }, (_, i) => `fragment F${i} on Query { __typename }`).join(' ')}`,
      /fragments than the cap of 50/,
    ],
    ['tokens', `{ ${'__typename '.repeat(2_001)} }`, /tokens than the cap of 2000/],
  ])('are refused before they run: %s', async (_, query, message) => {
    const { errors } = await ask(query)
    expect(errors?.map((error) => error.message).join('\n')).toMatch(message)
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toContain('TOO_COMPLEX')
  })

  it('are refused when the body is too large', async () => {
    const { post } = serve()
    expect((await post({ query: '{ __typename }', variables: { x: 'x'.repeat(300_000) } })).status).toBe(413)
  })
})

describe('time ranges', () => {
  it.each([
    [
      '{ measures(from: "2026-01-02T00:00Z", to: "2026-01-02T00:00Z") { __typename } }',
      'from',
      /from must be before to/,
    ],
    ['{ measures(from: "2026-01-02T00:00:01Z") { __typename } }', 'from', /from must be on a whole minute/],
    [
      '{ measures(from: "2026-01-01T00:00Z", to: "2026-01-02T00:00:00.001Z") { __typename } }',
      'to',
      /to must be on a whole minute/,
    ],
  ])('that make no sense are refused at their field: %s', async (query, argument, message) => {
    const { data, errors } = await serve().ask(query)
    expect(data).toEqual({ measures: null })
    expect(errors).toMatchObject([
      {
        path: ['measures'],
        message: expect.stringMatching(message) as unknown,
        extensions: { code: 'INVALID_RANGE', argument },
      },
    ])
  })
})

describe('failures of the database', () => {
  it.each<[ReadFailureKind, string]>([
    ['unavailable', 'DATABASE_UNAVAILABLE'],
    ['busy', 'DATABASE_BUSY'],
    ['timeout', 'QUERY_TIMEOUT'],
    ['bad_input', 'INVALID_ARGUMENT'],
  ])('are named and not masked: %s', async (kind, code) => {
    const { ask, logged } = serve({ router: failing(new ReadFailure(kind, 'the reason')) })
    const { data, errors } = await ask('{ measures { total { logins } } }')
    expect(data).toEqual({ measures: null })
    expect(errors).toMatchObject([{ message: 'the reason', extensions: { code } }])
    expect(logged).not.toHaveBeenCalled()
  })

  it('leave the parts of an answer that do not need it', async () => {
    const { data } = await serve().ask(`{
      measures { total { logins } }
      ingestion { lag state freshness { lag } problems { component message } }
    }`)
    expect(data?.measures).toBeNull()
    expect(data?.ingestion).toEqual({
      lag: null,
      state: null,
      freshness: null,
      problems: [
        { component: 'TEMPORAL', message: 'Temporal is away' },
        { component: 'POSTGRES', message: 'no database node answers' },
        { component: 'KAFKA', message: 'Kafka is away' },
      ],
    })
  })
})

describe('unexpected errors', () => {
  it('reach the client as an id alone, under which they are in the log', async () => {
    const secret = new Error('password=hunter2')
    const { ask, logged } = serve({ router: failing(secret) })
    const answer = await ask('{ measures { total { logins } } }')
    const errorId = answer.errors?.[0]?.extensions?.errorId
    expect(errorId).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.errors?.[0]?.extensions?.code).toBe('UNEXPECTED')
    expect(JSON.stringify(answer)).not.toContain('hunter2')
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ errorId, err: secret }), expect.any(String))
  })
})

describe('commands', () => {
  it('carry the actor of the header, and are anonymous without one', async () => {
    const controlIngestion = vi.fn((request: IngestionRequest) =>
      Promise.resolve({ commandId: 'id', topic: request.topic, partitions: [] }),
    )
    const { ask } = serve({ commands: { ...noCommands, controlIngestion } })
    const pause =
      'mutation { pauseIngestion(partitions: [2, 3], reason: "why") { ... on IngestionCommandSuccess { commandId } } }'
    expect((await ask(pause, { 'x-rollcall-actor': 'ann' })).data?.pauseIngestion).toEqual({
      commandId: 'id',
    })
    await ask(pause.replace('pause', 'resume'))
    expect(
      controlIngestion.mock.calls.map(([{ command, actor, partitions, topic }]) => [
        command,
        actorText(actor),
        partitions,
        topic,
      ]),
    ).toEqual([
      ['pause', 'ann (unverified)', [2, 3], 'user-login'],
      ['resume', 'anonymous (unverified)', [2, 3], 'user-login'],
    ])
  })

  it('accept nothing that stopped a partition unless they say so', async () => {
    const controlIngestion = vi.fn((request: IngestionRequest) =>
      Promise.resolve({ commandId: 'id', topic: request.topic, partitions: [] }),
    )
    const { ask } = serve({ commands: { ...noCommands, controlIngestion } })
    for (const command of [
      'resumeIngestion(reason: "why")',
      'resumeIngestion(reason: "why", acceptFlood: true)',
      'acceptOffsetLoss(reason: "why", partitions: [1])',
    ])
      await ask(`mutation { ${command} { __typename } }`)
    expect(
      controlIngestion.mock.calls.map(([{ command, accept, partitions }]) => [command, accept, partitions]),
    ).toEqual([
      ['resume', false, null],
      ['resume', true, null],
      ['accept_loss', false, [1]],
    ])
  })

  it('that are refused are a typed result', async () => {
    const controlIngestion = () => Promise.reject(new CommandRefusedError('it is paused already', 'c1'))
    const { data, errors } = await serve({ commands: { ...noCommands, controlIngestion } }).ask(
      'mutation { pauseIngestion(reason: "why") { __typename ... on CommandError { message commandId } } }',
    )
    expect(errors).toBeUndefined()
    expect(data?.pauseIngestion).toEqual({
      __typename: 'CommandRefusedError',
      message: 'it is paused already',
      commandId: 'c1',
    })
  })
})
