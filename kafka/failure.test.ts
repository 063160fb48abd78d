import { expect, test } from 'vitest'
import { PipelineFailure } from '../domain/pipeline/failure.ts'
import { kafkaFailure, outputTooLarge } from './failure.ts'

const classOf = (type?: string) => kafkaFailure(Object.assign(new Error('x'), { type })).failureClass

test('what Kafka says is transient unless it is known to be more', () => {
  for (const type of [
    'NOT_LEADER_FOR_PARTITION',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'TOPIC_AUTHORIZATION_FAILED',
    undefined,
  ]) {
    expect(classOf(type)).toBe('transient')
  }
})

test('a lost offset is data loss, a lost transactional.id is fencing, a record too large is permanent', () => {
  expect(classOf('OFFSET_OUT_OF_RANGE')).toBe('data_loss')
  expect(classOf('INVALID_PRODUCER_EPOCH')).toBe('fenced')
  expect(classOf('MESSAGE_TOO_LARGE')).toBe('permanent')
})

test('outputs that Kafka refuses for their date are waited for, and the reason names the clock', () => {
  const failure = kafkaFailure(Object.assign(new Error('out of range'), { type: 'INVALID_TIMESTAMP' }))
  expect(failure.failureClass).toBe('transient')
  expect(failure.message).toBe('Kafka: out of range: the clock of the worker or of the broker is wrong')
})

test('a topic that does not exist is waited for, and the reason says what creates it', () => {
  const failure = kafkaFailure(Object.assign(new Error('unknown'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' }))
  expect(failure.failureClass).toBe('transient')
  expect(failure.message).toBe('Kafka: unknown; npm run topics creates the topics that do not exist')
})

test('a failure keeps the class it was given where it arose', () => {
  const failure = new PipelineFailure('data_loss', 'kafka', 'gone')
  expect(kafkaFailure(failure)).toBe(failure)
})

test('a refused record batch says which setting of which topic is too small; other errors stay what they are', () => {
  const refusal = (type: string) => outputTooLarge(Object.assign(new Error('x'), { type }), 'dlq', 1_234)
  expect(refusal('MESSAGE_TOO_LARGE')).toMatchObject({
    failureClass: 'permanent',
    message: expect.stringMatching(/topic dlq .* 1234 bytes: raise its max\.message\.bytes/) as string,
  })
  expect(refusal('RECORD_LIST_TOO_LARGE')).toHaveProperty('message', expect.stringContaining('segment.bytes'))
  expect(refusal('NOT_LEADER_FOR_PARTITION')).not.toBeInstanceOf(PipelineFailure)
})

test('what our own code throws is a defect and no outage; a driver keeps its class, with a code or without', () => {
  const natives = [
    new RangeError('Invalid time value'),
    new TypeError('x is undefined'),
    new SyntaxError('x'),
    new URIError('x'),
  ]
  for (const error of natives)
    expect(kafkaFailure(error)).toMatchObject({ failureClass: 'defect', part: 'rollcall' })
  class ConnectionError extends Error {}
  for (const error of [
    new Error('Closed connection'),
    new ConnectionError('timeout'),
    new AggregateError([]),
  ])
    expect(kafkaFailure(error).failureClass).toBe('transient')
})
