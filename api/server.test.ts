import { describe, expect, it, vi } from 'vitest'
import { ReadFailure, type ReadFailureKind } from '../db/nodes/read-failure.ts'
import type { IngestionRequest } from './context/command-types.ts'
import { CommandRefusedError } from './context/errors.ts'
import { type Answer, failing, noCommands, serve } from './server-fixture.ts'

describe('questions beyond a cap', () => {
  const { ask } = serve()
  const firstOf = ({ data }: Answer) => Object.values(data ?? {})[0]

  it.each([
    [
      'buckets',
      '{ loginCounts(bucket: MINUTE, from: "2026-01-01T00:00Z", to: "2026-02-01T00:00Z") { ... on Error { __typename message } } }',
      'RangeTooLargeError',
      /44640 buckets of a minute are more than the cap of 10000: ask for a shorter range or a coarser bucket/,
    ],
    [
      'days',
      '{ topValues(dimension: LOCALE, from: "1970-01-01T00:00Z") { ... on Error { __typename message } } }',
      'RangeTooLargeError',
      /cap of 10000: ask for a shorter range/,
    ],
    [
      'values',
      '{ topValues(dimension: LOCALE, first: 501) { ... on Error { __typename message } } }',
      'PageTooLargeError',
      /501 is more than the cap of 500/,
    ],
    [
      'page',
      '{ controlEvents(last: 1000) { ... on Error { __typename message } } }',
      'PageTooLargeError',
      /1000 is more than the cap of 500/,
    ],
  ])('are told the cap and how to ask instead: %s', async (_, query, type, message) => {
    expect(firstOf(await ask(query))).toEqual({
      __typename: type,
      message: expect.stringMatching(message) as unknown,
    })
  })

  it.each([
    [
      'complexity',
      '{ a: rejectedLogins(first: 500) { ...R } b: rejectedLogins(first: 500) { ...R } c: rejectedLogins(first: 500) { ...R } } fragment R on RejectedLoginConnection { edges { cursor node { topic partition offset batchId reason detail keyBase64 valueBytes valueText headers { name valueBase64 } recordedAt rejectedAt } } }',
      /complexity of \d+ is more than the cap of 25000/,
    ],
    [
      'aliases',
      `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      /aliases than the cap of 15/,
    ],
    ['directives', `{ __typename ${'@include(if: true) '.repeat(11)} }`, /directives than the cap of 10/],
    ['tokens', `{ ${'__typename '.repeat(2_001)} }`, /2000 tokens/],
  ])('are refused before they run: %s', async (_, query, message) => {
    const { errors } = await ask(query)
    expect(errors?.map((error) => error.message).join('\n')).toMatch(message)
  })

  it('are refused when the body is too large', async () => {
    const { post } = serve()
    expect((await post({ query: '{ __typename }', variables: { x: 'x'.repeat(300_000) } })).status).toBe(413)
  })
})

describe('time ranges', () => {
  it.each([
    [
      '{ topValues(dimension: LOCALE, from: "2026-01-02T00:00Z", to: "2026-01-02T00:00Z") { ...E } }',
      /from must be before to/,
    ],
    [
      '{ topValues(dimension: LOCALE, from: "2026-01-02T00:00:01Z") { ...E } }',
      /from must be on a whole minute/,
    ],
    [
      '{ topValues(dimension: LOCALE, from: "2026-01-01T00:00Z", to: "2026-01-02T00:00:00.001Z") { ...E } }',
      /to must be on a whole minute/,
    ],
  ])('that make no sense are a typed error: %s', async (query, message) => {
    const { data } = await serve().ask(`${query} fragment E on InvalidRangeError { message }`)
    expect(data?.topValues?.message).toMatch(message)
  })
})

describe('failures of the database', () => {
  it.each<[ReadFailureKind, string]>([
    ['unavailable', 'DatabaseUnavailable'],
    ['busy', 'DatabaseBusy'],
    ['timeout', 'QueryTimeout'],
    ['bad_input', 'BadInput'],
  ])('are named and not masked: %s', async (kind, code) => {
    const { ask, logged } = serve({ router: failing(new ReadFailure(kind, 'the reason')) })
    const { data, errors } = await ask('{ topValues(dimension: LOCALE) { __typename } }')
    expect(data).toEqual({ topValues: null })
    expect(errors).toMatchObject([{ message: 'the reason', extensions: { code } }])
    expect(logged).not.toHaveBeenCalled()
  })

  it('leave the parts of an answer that do not need it', async () => {
    const { data } = await serve().ask(`{
      topValues(dimension: LOCALE) { __typename }
      ingestion { ... on Ingestion { lag state freshness { lag } problems { part message } } }
    }`)
    expect(data?.topValues).toBeNull()
    expect(data?.ingestion).toEqual({
      lag: null,
      state: null,
      freshness: null,
      problems: [
        { part: 'TEMPORAL', message: 'Temporal is away' },
        { part: 'POSTGRES', message: 'no database node answers' },
        { part: 'KAFKA', message: 'Kafka is away' },
      ],
    })
  })
})

describe('unexpected errors', () => {
  it('reach the client as an id alone, under which they are in the log', async () => {
    const secret = new Error('password=hunter2')
    const { ask, logged } = serve({ router: failing(secret) })
    const answer = await ask('{ topValues(dimension: LOCALE) { __typename } }')
    const errorId = answer.errors?.[0]?.extensions?.errorId
    expect(errorId).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.errors?.[0]?.extensions?.code).toBe('Unexpected')
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
      'mutation { pauseIngestion(partitions: [2, 3], reason: "why") { ... on CommandResult { commandId } } }'
    expect((await ask(pause, { 'x-rollcall-actor': 'ann' })).data?.pauseIngestion).toEqual({
      commandId: 'id',
    })
    await ask(pause.replace('pause', 'resume'))
    expect(
      controlIngestion.mock.calls.map(([{ command, actor, partitions, topic }]) => [
        command,
        actor,
        partitions,
        topic,
      ]),
    ).toEqual([
      ['pause', 'ann', [2, 3], 'user-login'],
      ['resume', 'anonymous', [2, 3], 'user-login'],
    ])
  })

  it('accept nothing that stopped a partition unless they say so', async () => {
    const controlIngestion = vi.fn((request: IngestionRequest) =>
      Promise.resolve({ commandId: 'id', topic: request.topic, partitions: [] }),
    )
    const { ask } = serve({ commands: { ...noCommands, controlIngestion } })
    for (const command of [
      'resumeIngestion(reason: "why")',
      'resumeIngestion(reason: "why", accept: true)',
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
