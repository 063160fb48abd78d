import { expect, test } from 'vitest'
import { UsageError } from '../cli/command-line.ts'
import { parseArguments } from './arguments.ts'

test('queries has a size of its own, which arguments change', () => {
  expect(parseArguments(['queries', '--logins', '50000000', '--plans'])).toEqual({
    command: 'queries',
    size: { logins: 50_000_000, users: 300_000, days: 365 },
    repeat: 20,
    plans: true,
    remove: false,
    against: null,
    rounds: 5,
  })
})

test('queries against another commit have five pairs unless told otherwise, and print no plans', () => {
  expect(parseArguments(['queries', '--against', 'main', '--rounds', '2'])).toMatchObject({
    against: 'main',
    rounds: 2,
  })
  expect(() => parseArguments(['queries', '--against', 'main', '--plans'])).toThrow('--plans')
})

test('a size that is none is refused by the name of its argument', () => {
  expect(() => parseArguments(['queries', '--days', '0'])).toThrow(UsageError)
  expect(() => parseArguments(['queries', '--days', '0'])).toThrow('--days')
})

test('an option that there is none of is refused by its name', () => {
  expect(() => parseArguments(['drain', '--evnets', '5'])).toThrow(UsageError)
  expect(() => parseArguments(['queries', '--evnets', '5'])).toThrow('--evnets')
})

test('a drain may have several workers, and nothing else may', () => {
  expect(parseArguments(['drain', '--workers', '2'])).toMatchObject({ command: 'drain', workers: [2] })
  expect(parseArguments(['drain'])).toMatchObject({ workers: [1] })
  for (const others of [['paced'], [], ['drain', '--baseline']])
    expect(() => parseArguments([...others, '--workers', '2'])).toThrow('--workers')
})

test('a drain against another commit has five pairs unless told otherwise, and workers as any drain', () => {
  expect(parseArguments(['drain', '--against', 'main'])).toMatchObject({ against: 'main', rounds: 5 })
  expect(parseArguments(['drain', '--against', 'v1', '--rounds', '7', '--workers', '2'])).toMatchObject({
    against: 'v1',
    rounds: 7,
    workers: [2],
  })
  expect(parseArguments(['drain'])).toMatchObject({ against: null, rounds: 1 })
})

test('a drain over encrypted wires has five pairs unless told otherwise, and is one comparison', () => {
  expect(parseArguments(['drain', '--tls'])).toMatchObject({ tls: true, rounds: 5, workers: [1] })
  expect(parseArguments(['drain', '--tls', '--rounds', '2', '--workers', '2'])).toMatchObject({ rounds: 2 })
  expect(parseArguments(['drain'])).toMatchObject({ tls: false, rounds: 1 })
  const drain = ['drain', '--tls']
  for (const wrong of [
    ['--tls'],
    ['paced', '--tls'],
    [...drain, '--baseline'],
    [...drain, '--workers', '1,2'],
  ])
    expect(() => parseArguments(wrong)).toThrow('--tls')
  expect(() => parseArguments([...drain, '--against', 'main'])).toThrow('--against')
  expect(() => parseArguments([...drain, '--flink'])).toThrow('--tls')
})

test('a drain beside Flink has five rounds and 50,000 users unless told otherwise', () => {
  expect(parseArguments(['drain', '--flink'])).toMatchObject({
    flink: true,
    rounds: 5,
    events: 1_000_000,
    warmUp: 200_000,
    users: 50_000,
  })
  expect(parseArguments(['drain', '--flink', '--rounds', '1', '--users', '7'])).toMatchObject({
    rounds: 1,
    users: 7,
  })
  expect(parseArguments(['drain'])).toMatchObject({ flink: false, warmUp: 0, users: 100_000 })
})

test('only a drain runs beside Flink, without another comparison and with one worker', () => {
  for (const others of [['paced'], [], ['drain', '--baseline']])
    expect(() => parseArguments([...others, '--flink'])).toThrow('--flink')
  expect(() => parseArguments(['drain', '--flink', '--against', 'main'])).toThrow('--against')
  expect(() => parseArguments(['drain', '--flink', '--workers', '2'])).toThrow('--workers')
})

test('numbers of workers take turns, five times, the largest first, and are a comparison of their own', () => {
  expect(parseArguments(['drain', '--workers', '1,2,2'])).toMatchObject({
    workers: [2, 1],
    warmUp: 400_000,
    rounds: 5,
  })
  expect(() => parseArguments(['drain', '--workers', '1,x'])).toThrow('--workers')
  expect(() => parseArguments(['drain', '--workers', '1,2', '--flink'])).toThrow('--workers')
  expect(() => parseArguments(['drain', '--workers', '1,2', '--against', 'main'])).toThrow('--against')
})

test('a drain has plain messages in 4 partitions unless told otherwise, also against another commit', () => {
  expect(parseArguments(['drain'])).toMatchObject({ messages: 'plain', partitions: 4 })
  const others = ['--messages', 'non-ascii', '--partitions', '32']
  expect(parseArguments(['drain', '--against', 'main', ...others])).toMatchObject({
    messages: 'non-ascii',
    partitions: 32,
  })
  expect(() => parseArguments(['drain', '--messages', 'xml'])).toThrow('plain, blanks')
  for (const command of [['paced'], []]) {
    expect(() => parseArguments([...command, '--messages', 'blanks'])).toThrow('--messages')
    expect(() => parseArguments([...command, '--partitions', '4'])).toThrow('--partitions')
  }
})

test('paced runs against another commit at a rate that is given', () => {
  expect(parseArguments(['paced', '--against', 'main', '--rate', '20000'])).toMatchObject({
    command: 'paced',
    against: 'main',
    rounds: 5,
    ratePerSecond: 20_000,
  })
  expect(() => parseArguments(['paced', '--against', 'main'])).toThrow('--rate')
})

test('scale has two million logins in its middle after those to warm up, and one round', () => {
  expect(parseArguments(['scale'])).toEqual({
    command: 'scale',
    events: 2_000_000,
    warmUp: 200_000,
    users: 50_000,
    rounds: 1,
    picture: null,
  })
  expect(parseArguments(['scale', '--events', '100000', '--picture', 'a.svg'])).toMatchObject({
    events: 100_000,
    picture: 'a.svg',
  })
  expect(() => parseArguments(['scale', '--workers', '2'])).toThrow('--workers')
  expect(() => parseArguments(['scale', '--events', '99999'])).toThrow('--events')
})

test('another commit runs beside a drain or paced alone, without the baseline, and is named', () => {
  for (const others of [[], ['drain', '--baseline'], ['paced', '--baseline']])
    expect(() => parseArguments([...others, '--against', 'main'])).toThrow('--against')
  expect(() => parseArguments(['drain', '--against'])).toThrow(UsageError)
  expect(() => parseArguments(['drain', '--against', '--rounds'])).toThrow('--against')
})

test('idling is measured in two pairs of minutes at two logins a second unless told otherwise', () => {
  expect(parseArguments(['idle'])).toEqual({
    command: 'idle',
    ratePerSecond: 2,
    settleSeconds: 60,
    seconds: 60,
    rounds: 2,
  })
  expect(() => parseArguments(['idle', '--events', '5'])).toThrow('--events')
})
