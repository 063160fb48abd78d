import { describe, expect, it } from 'vitest'
import type { IngestState } from '../../domain/pipeline/pipeline-state.ts'
import type { PartitionStatus } from '../../workflows/contract.ts'
import { problemsOf } from './problems.ts'

const kafka = { ok: true as const, bounds: [] }
const answers = { seenAt: new Date('2026-03-01T12:00:00Z'), isMissing: false }
const nothingOpen = { parkedBatches: 0, parkedOffsets: 0n, withheldBatches: 0 }

const status = (partition: number, state: IngestState, reason = ''): PartitionStatus => ({
  partition,
  state,
  reason,
  nextOffset: '0',
  lag: 0,
  since: '2026-03-01T12:00:00Z',
})
const known = (...partitions: PartitionStatus[]) => ({ known: true as const, partitions })

describe('problems of ingestion', () => {
  it('are none while everything runs', () => {
    expect(problemsOf(known(status(0, 'running')), nothingOpen, kafka, answers)).toEqual([])
  })

  it('are every state that is not as usual, with its reason, one for partitions that share it, most urgent first', () => {
    const partitions = [
      status(0, 'retired', 'the topic has it no more'),
      status(1, 'paused', 'moving the database'),
      status(2, 'waiting', 'Kafka: away'),
      status(3, 'halted', 'offsets 5 to 9 are gone'),
      status(4, 'waiting', 'Kafka: away'),
      status(5, 'running'),
    ]
    const problems = problemsOf(known(...partitions), nothingOpen, kafka, answers)
    expect(problems).toMatchObject([
      { kind: 'halted', partitions: [3] },
      { kind: 'waiting', partitions: [2, 4] },
      { kind: 'paused', partitions: [1] },
    ])
    expect(problems[0]?.message).toMatch(/^partition 3 is halted: offsets 5 to 9 are gone \(mend the cause/)
    expect(problems[1]?.message).toMatch(/^partitions 2, 4 are waiting: Kafka: away/)
  })

  it('are batches that wait for an operator, with their number', () => {
    const open = { parkedBatches: 46, parkedOffsets: 51n, withheldBatches: 2 }
    const problems = problemsOf(known(status(0, 'running')), open, kafka, answers)
    expect(problems).toMatchObject([
      { kind: 'parked_batches', batches: 46 },
      { kind: 'withheld_outputs', batches: 2 },
    ])
    expect(problems[0]?.message).toMatch(/^46 batches parked: 51 offsets are not counted/)
  })

  it('are a primary that is away while a replica answers', () => {
    expect(problemsOf(known(), nothingOpen, kafka, { outage: 'no answer within 1000 ms' })).toMatchObject([
      {
        kind: 'component_unavailable',
        component: 'postgres',
        message: expect.stringMatching(/^the primary .*1000 ms/) as string,
      },
    ])
  })

  it('are upkeep that no process does, but not where no worker answers, which comes first', () => {
    const missing = { ...answers, isMissing: true }
    expect(problemsOf(known(status(0, 'running')), nothingOpen, kafka, missing)).toMatchObject([
      {
        kind: 'no_upkeep',
        component: 'worker',
        message: expect.stringContaining('npm run upkeep') as string,
      },
    ])
    const noWorker = { known: false as const, why: 'worker' as const, message: 'no worker answers' }
    expect(problemsOf(noWorker, nothingOpen, kafka, missing)).toMatchObject([{ kind: 'no_worker' }])
  })

  it('are parts that do not answer; batches that wait are said also while nobody knows the states', () => {
    const status = { known: false as const, why: 'worker' as const, message: 'no worker answers: since 12' }
    expect(
      problemsOf(
        status,
        { ...nothingOpen, parkedBatches: 1 },
        { ok: false, message: 'Kafka is away' },
        answers,
      ),
    ).toMatchObject([
      { kind: 'no_worker', component: 'worker' },
      { kind: 'component_unavailable', component: 'kafka' },
      { kind: 'parked_batches', batches: 1 },
    ])
    expect(problemsOf(known(), { problem: 'no node' }, kafka, { outage: 'no answer' })).toMatchObject([
      { kind: 'component_unavailable', component: 'postgres', message: 'no node' },
    ])
  })
})
