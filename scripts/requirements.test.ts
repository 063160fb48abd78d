import { expect, test } from 'vitest'
import { javaMajorIn, missingRequirements, type Machine } from './requirements.mjs'

const bare: Machine = {
  nodeMajor: () => 18,
  javaMajor: () => 0,
  hasMaven: () => false,
  hasPip: () => false,
  hasKafka: () => false,
  hasTemporal: () => false,
}
const complete: Machine = {
  ...bare,
  nodeMajor: () => 20,
  javaMajor: () => 17,
  hasMaven: () => true,
  hasPip: () => true,
}

const names = (env: Record<string, string>, machine: Machine) =>
  missingRequirements(env, machine).map((line) => line.split(/[ ,]/)[0])

test('everything that is missing is named at once', () => {
  expect(names({}, bare)).toEqual(['Node.js', 'Java', 'Maven', 'Python'])
})

test('a machine that has everything is told nothing', () => {
  expect(missingRequirements({}, complete)).toEqual([])
})

test('a part that runs elsewhere needs nothing here', () => {
  expect(names({ KAFKA_BROKERS: 'a:1' }, bare)).toEqual(['Node.js', 'Python'])
  expect(names({ TEMPORAL_ADDRESS: 'a:1' }, bare)).toEqual(['Node.js', 'Java', 'Maven'])
})

test('what was downloaded before needs no downloader, but Kafka still needs Java', () => {
  const cached = { ...bare, hasKafka: () => true, hasTemporal: () => true }
  expect(names({}, cached)).toEqual(['Node.js', 'Java'])
})

test('reads the version of old and new Javas', () => {
  expect(javaMajorIn('openjdk version "17.0.15" 2025-04-15')).toBe(17)
  expect(javaMajorIn('java version "1.8.0_392"')).toBe(8)
  expect(javaMajorIn('The operation couldn’t be completed. Unable to locate a Java Runtime.')).toBe(0)
  expect(missingRequirements({}, { ...complete, javaMajor: () => 11 })).toEqual([
    expect.stringContaining('found 11'),
  ])
})
