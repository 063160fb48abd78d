import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'
import { UsageError } from './command-line.ts'

const read = (line: string) => readArguments(line.split(' ').filter((word) => word !== ''))

test('each command is read with its options', () => {
  expect(read('status --json')).toEqual({ command: 'status', isJson: true })
  expect(read('pause --partition 0,2 --reason why')).toMatchObject({
    command: 'pause',
    partitions: [0, 2],
    reason: 'why',
    topic: null,
    commandId: null,
  })
  expect(read('resume --accept-flood --reason why')).toMatchObject({ acceptFlood: true, partitions: null })
  expect(read('replay 15 16 --reason why')).toMatchObject({ command: 'replay', batchIds: ['15', '16'] })
  expect(read('replay 15 --dry-run --reason why')).toMatchObject({
    command: 'run',
    filter: { batchIds: ['15'] },
    dryRun: true,
  })
  expect(read('replay --partition 1 --error check --max-per-minute 5 --reason why')).toMatchObject({
    command: 'run',
    filter: { partitions: [1], errorContains: 'check' },
    maxPerMinute: 5,
    dryRun: false,
  })
  expect(read('skip 15 --yes --reason why')).toMatchObject({ command: 'skip', isSure: true })
  expect(read('--help')).toEqual({ command: 'help' })
  expect(read('pause --version')).toEqual({ command: 'version' })
})

test.each([
  ['', /say what to do: status, pause/],
  ['stop', /there is no command "stop"/],
  ['status 5', /nothing but options/],
  ['status --reason x', /status takes no --reason/],
  ['pause', /--reason TEXT/],
  ['pause --reason', /argument missing/],
  ['pause --reason x --yes', /pause takes no --yes/],
  ['pause --partition x --reason x', /--partition must be a whole number/],
  ['pause --partition -1 --reason x', /./],
  ['replay --reason x', /replay which batches/],
  ['replay 15 --all --reason x', /not both/],
  ['replay 15a --reason x', /no number of a batch/],
  ['replay 1 2 --command-id 8a7c --reason x', /one batch at a time/],
  ['replay --all --max-per-minute 0 --reason x', /from 1 to/],
  ['skip --reason x', /skip which batches/],
  ['skip --all --reason x', /skip takes no --all/],
])('"%s" is refused in one line that says what is missing', (line, message) => {
  expect(() => read(line)).toThrow(UsageError)
  expect(() => read(line)).toThrow(message)
  expect(() => read(line)).toThrow(/^[^\n]+$/)
})
