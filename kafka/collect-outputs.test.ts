import { expect, test } from 'vitest'
import { OutputCollector } from './collect-outputs.ts'
import { decodeRecords, splitRecordBatches } from './record-batch.ts'

const state = { producerId: 1n, producerEpoch: 0, firstSequence: 0 }
const collect = (records: [topic: string, key: string | null, value: string][]) => {
  const collector = new OutputCollector((topic) => (topic === 'three' ? 3 : 1))
  for (const [topic, key, value] of records) collector.add(topic, { key, value, headers: [] })
  return collector.rounds().map((round) =>
    round.map(({ topic, partition, batch }) => ({
      topic,
      partition,
      values: splitRecordBatches(Buffer.concat(batch.finish(state, 0)))
        .map(decodeRecords)
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
