import { expect, test } from 'vitest'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { OutputCollector } from './collect-outputs.ts'
import { decodeRecordBatch, splitRecordBatches } from '../records/record-batch.ts'

const state = { producerId: 1n, producerEpoch: 0, firstSequence: 0 }
const collect = (records: [topic: string, key: string | null, value: string][]) => {
  const collector = new OutputCollector((topic) => ({
    partitions: topic === 'three' ? 3 : 1,
    maxBatchBytes: 3_000_000,
  }))
  for (const [topic, key, value] of records) collector.add(topic, { key, value, headers: [] })
  return collector.rounds().map((round) =>
    round.map(({ topic, partition, batch }) => ({
      topic,
      partition,
      values: splitRecordBatches(Buffer.concat(batch.finish(state, 0)))
        .map(decodeRecordBatch)
        .flatMap((encoded) =>
          Array.from({ length: encoded.length }, (_, i) => String(encoded.record(i).value)),
        ),
    })),
  )
}

test('records of one key come to one partition in their order, those without a key to the first', () => {
  const [round = []] = collect([
    ['three', 'a', '1'],
    ['three', null, '2'],
    ['one', 'a', '3'],
    ['three', 'a', '4'],
    ['three', null, '5'],
  ])
  const where = (value: string) => round.find(({ values }) => values.includes(value))
  expect(where('1')?.values.filter((value) => '14'.includes(value))).toEqual(['1', '4'])
  expect(where('2')).toMatchObject({ topic: 'three', partition: 0 })
  expect(where('5')).toBe(where('2'))
  expect(where('3')).toEqual({ topic: 'one', partition: 0, values: ['3'] })
})

test('a round has one record batch a partition, and a later round what did not fit', () => {
  const large = (letter: string) => letter.repeat(500_000)
  const rounds = collect([
    ['one', 'a', large('x')],
    ['one', 'a', large('y')],
    ['three', 'a', 'small'],
    ['one', 'a', 'z'.repeat(2_000_000)],
    ['one', 'a', 'last'],
  ])
  expect(
    rounds.map((round) => round.map(({ topic, values }) => [topic, ...values.map((v) => v[0])])),
  ).toEqual([
    [
      ['one', 'x'],
      ['three', 's'],
    ],
    [['one', 'y']],
    [['one', 'z']],
    [['one', 'l']],
  ])
})

const record = (bytes: number, key = 'a') => ({ key, value: Buffer.alloc(bytes), headers: [] })

test('a record that its topic would refuse is refused before anything is counted, and blames itself', () => {
  const collector = new OutputCollector(() => ({ partitions: 1, maxBatchBytes: 50_000 }))
  for (let i = 0; i < 10; i++) collector.add('t', record(20_000))
  const sizes = collector.rounds().map(([chunk]) => chunk?.batch.length ?? 0)
  expect(sizes.every((bytes) => bytes <= 50_000)).toBe(true)
  const add = () => {
    collector.add('t', record(50_000))
  }
  expect(add).toThrow(PipelineFailure)
  expect(add).toThrow(/takes record batches of 50000/)
})

test('a request stays far below what a broker takes, however many partitions the outputs are for', () => {
  const collector = new OutputCollector(() => ({ partitions: 64, maxBatchBytes: 2_000_000 }))
  for (let i = 0; i < 200; i++) collector.add('t', record(800_000, `key ${i}`))
  const rounds = collector.rounds()
  const bytes = rounds.map((round) => round.reduce((sum, { batch }) => sum + batch.length, 0))
  expect(Math.max(...bytes)).toBeLessThanOrEqual(16 * 1024 * 1024)
  expect(rounds.flat().length).toBe(200)
  for (const round of rounds) expect(new Set(round.map(({ partition }) => partition)).size).toBe(round.length)
})
