import { describe, expect, it } from 'vitest'
import { exampleQuery } from '../../api/example-query.ts'
import { logOf } from '../../domain/pipeline/partition-log-fixture.ts'
import type { KafkaBounds } from '../../api/context/source-types.ts'
import { insertBatches, insertCheckpoint, insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

let kafka: KafkaBounds = { ok: false, message: 'away' }

const { ask, field } = useApi(
  async (sql) => {
    await insertCounts(sql, [
      ['2026-02-28T23:59:00Z', 'android', '1.0', 'CA', 1],
      ['2026-03-01T00:00:00Z', 'iOS', '1.0', 'CA', 2],
      ['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 4],
      ['2026-03-01T10:45:00Z', 'iOS', '2.0', 'TX', 8],
      ['2026-03-01T11:00:00Z', 'unknown', '2.0', 'NY', 16],
    ])
    await insertCounts(sql, [['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 32]])
    await insertCheckpoint(sql, 0, 100, '2026-03-01T11:00:10Z')
    await insertCheckpoint(sql, 1, 50, '2026-03-01T10:15:20Z')
    await insertBatches(sql, [
      { id: 1, from: 0, to: 40, committedAt: '2026-03-01T10:00:00.000001Z' },
      { id: 2, from: 40, to: 60, status: 'parked', committedAt: '2026-03-01T10:00:00.000002Z' },
      { id: 3, from: 60, to: 100, committedAt: '2026-03-01T10:00:00.000003Z' },
      { id: 4, partition: 1, from: 0, to: 50, committedAt: '2026-03-01T10:00:00.000003Z' },
    ])
  },
  { kafka: () => kafka },
)

describe('freshness', () => {
  const freshness = () =>
    field<{ freshness: object }>(
      '{ measures { freshness { databaseRole replicaLagMs watermark lag parkedOffsets isComplete } } }',
    )

  it('names the least watermark, the parked offsets, and no lag while Kafka is away', async () => {
    kafka = { ok: false, message: 'away' }
    expect((await freshness()).freshness).toEqual({
      databaseRole: 'PRIMARY',
      replicaLagMs: null,
      watermark: '2026-03-01T10:15:20.000Z',
      lag: null,
      parkedOffsets: 20,
      isComplete: false,
    })
  })

  it('counts unread offsets over all partitions, also of those that were never read', async () => {
    kafka = {
      ok: true,
      bounds: [logOf(0, 0, 101), logOf(1, 0, 50), logOf(2, 10, 12)],
    }
    expect((await freshness()).freshness).toMatchObject({ lag: 3, watermark: null, isComplete: false })
  })
})

describe('ingestion', () => {
  it('shows what each part knows, names the part that is away, and what waits for an operator', async () => {
    kafka = { ok: true, bounds: [logOf(0, 0, 120)] }
    expect(
      await field(`{ ingestion { state lag problems { kind component batchCount }
        partitions { partition state checkpoint endOffset lag watermark worker parkedOffsets attempts
                     lastBatch { batchId fromOffset toOffset } } } }`),
    ).toEqual({
      state: null,
      lag: 20,
      problems: [
        { kind: 'COMPONENT_UNAVAILABLE', component: 'TEMPORAL', batchCount: null },
        { kind: 'PARKED_BATCHES', component: 'ROLLCALL', batchCount: 1 },
      ],
      partitions: [
        {
          partition: 0,
          state: null,
          checkpoint: '100',
          endOffset: '120',
          lag: 20,
          watermark: '2026-03-01T11:00:10.000Z',
          worker: 'worker-a',
          parkedOffsets: 20,
          attempts: 100,
          lastBatch: { batchId: '3', fromOffset: '60', toOffset: '100' },
        },
        {
          partition: 1,
          state: null,
          checkpoint: '50',
          endOffset: null,
          lag: null,
          watermark: '2026-03-01T10:15:20.000Z',
          worker: 'worker-a',
          parkedOffsets: 0,
          attempts: 50,
          lastBatch: { batchId: '4', fromOffset: '0', toOffset: '50' },
        },
      ],
    })
  })
})

describe('many requests at once', () => {
  it('are all answered, also after requests that failed', async () => {
    // Worked out from it is a moment that Postgres does not have.
    const failing = '{ measures(to: "0001-01-01T12:00Z") { __typename } }'
    await Promise.all(Array.from({ length: 30 }, () => ask(failing)))
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(exampleQuery)))
    expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([])
  })
})

describe('the example query of GraphiQL', () => {
  it('answers without errors', async () => {
    const { data, errors } = await ask(exampleQuery)
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({ measures: { groups: expect.anything() as unknown } })
  })
})
