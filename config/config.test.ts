import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

test('an empty environment is a local stack with the documented defaults', () => {
  const config = loadConfig({})
  expect(config.kafka).toMatchObject({ brokers: ['127.0.0.1:9092'], topic: 'user-login', partitions: 4 })
  expect(config.ingest).toMatchObject({ insightSize: 100 })
  expect(config.retention).toEqual({ loginDays: 30, minuteDays: 90 })
})

test('every problem is named at once, each with its variable and what it must be', () => {
  const wrong = {
    KAFKA_BROKERS: 'nonsense',
    API_PORT: '99999',
    DATABASE_URL: 'mysql://x',
    INSIGHT_SIZE: '-1',
    KAFKA_TOPIC: 'a b',
  }
  expect(() => loadConfig(wrong)).toThrow(ConfigError)
  for (const variable of Object.keys(wrong))
    expect(() => loadConfig(wrong)).toThrow(new RegExp(`${variable}: must be`))
})

test('a variable that is set to nothing counts as not set', () => {
  expect(loadConfig({ API_PORT: '' }).api.port).toBe(4000)
})

test('several brokers and replicas are lists', () => {
  const config = loadConfig({
    KAFKA_BROKERS: 'a:1, b:2',
    DATABASE_REPLICA_URLS: 'postgres://u@h/d,postgres://u@i/d',
  })
  expect(config.kafka.brokers).toEqual(['a:1', 'b:2'])
  expect(config.database.replicaUrls).toHaveLength(2)
})
