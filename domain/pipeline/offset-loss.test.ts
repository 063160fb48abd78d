import { expect, it } from 'vitest'
import { lossOf, retirement, type PartitionPosition } from './offset-loss.ts'

const where = { topic: 'user-login', partition: 0 }
const healthy: PartitionPosition = {
  topicId: 'a',
  currentTopicId: 'a',
  nextOffset: 100n,
  endOffset: 120n,
  groupOffset: 100n,
  publishedOffset: 0n,
  bounds: { start: 50n, end: 120n },
}
const loss = (change: Partial<PartitionPosition>) => lossOf({ ...healthy, ...change }, where)

it('finds nothing lost where nothing is, also with a batch that waits to be published', () => {
  expect(loss({})).toBeNull()
  expect(loss({ groupOffset: 90n })).toBeNull()
  expect(loss({ groupOffset: null, endOffset: null })).toBeNull()
})

it('leaves behind what retention took before it was read, and no more', () => {
  expect(loss({ bounds: { start: 110n, end: 120n } })).toMatchObject({
    description: 'offsets 100 to 109 of user-login/0 were gone from Kafka before they were read',
    lostTo: 110n,
    nextOffset: 110n,
    isNewLog: false,
    lostOutputs: null,
    publishFrom: 110n,
  })
})

it('names outputs that cannot be published any more, and publishes those that can', () => {
  expect(loss({ groupOffset: 40n })).toMatchObject({
    movesCheckpoint: false,
    nextOffset: 100n,
    lostOutputs: { from: 40n, to: 50n },
    publishFrom: 50n,
  })
  expect(loss({ groupOffset: 90n, bounds: { start: 110n, end: 120n } })).toMatchObject({
    movesCheckpoint: true,
    nextOffset: 110n,
    lostOutputs: { from: 90n, to: 100n },
    publishFrom: 110n,
  })
})

it('reads a log that was truncated from its end on, as another one: the offsets come again', () => {
  expect(loss({ bounds: { start: 0n, end: 80n } })).toMatchObject({
    isNewLog: true,
    nextOffset: 80n,
    lostTo: 120n,
    description: expect.stringMatching(/truncated at 80.*offsets 100 to 119 were never read/) as string,
  })
})

it('reads a topic that was created anew from its start, whatever it holds', () => {
  expect(loss({ currentTopicId: 'b', bounds: { start: 0n, end: 500n } })).toMatchObject({
    isNewLog: true,
    nextOffset: 0n,
    lostTo: 120n,
  })
  expect(loss({ currentTopicId: 'b', endOffset: 100n, bounds: { start: 0n, end: 0n } })).toMatchObject({
    lostTo: 100n,
  })
})

it('counts again what a database forgot that is in Kafka, up to where it was published', () => {
  expect(loss({ groupOffset: 115n })).toMatchObject({
    recountUntil: 115n,
    nextOffset: 100n,
    lostTo: 100n,
    isNewLog: false,
  })
})

it('a group offset that was set back loses nothing: publishing goes on behind what is published', () => {
  expect(loss({ groupOffset: 30n, publishedOffset: 90n })).toMatchObject({
    movesCheckpoint: false,
    lostOutputs: null,
    publishFrom: 90n,
  })
  expect(loss({ groupOffset: 90n, publishedOffset: 90n })).toBeNull()
  expect(loss({ groupOffset: null, publishedOffset: 90n })).toBeNull()
})

it('what is published is not called lost, although a group offset that was set back says so', () => {
  expect(loss({ groupOffset: 30n, publishedOffset: 60n })).toMatchObject({
    lostOutputs: null,
    publishFrom: 60n,
  })
  expect(loss({ groupOffset: 10n, publishedOffset: 40n })).toMatchObject({
    lostOutputs: { from: 40n, to: 50n },
    publishFrom: 50n,
  })
  expect(loss({ groupOffset: 30n, publishedOffset: 100n, currentTopicId: 'b' })).toMatchObject({
    lostOutputs: null,
  })
})

it('a partition that its topic has no more is retired with what of it was not read, and begins anew if it comes back', () => {
  expect(retirement(healthy, where)).toMatchObject({
    description:
      'user-login was re-created without partition 0, which is retired; offsets 100 to 119 were never read',
    lostTo: 120n,
    nextOffset: 0n,
    isNewLog: true,
  })
  expect(retirement({ nextOffset: 100n, endOffset: null }, where)).toMatchObject({ lostTo: 100n })
})
