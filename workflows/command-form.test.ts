import { expect, test } from 'vitest'
import { commandProblem, readForm, type ControlArgument } from './command-form.ts'

test.each<[string, unknown, string | null]>([
  ['pause', undefined, null],
  ['pause', null, null],
  ['pause', 'why', null],
  ['pause', {}, null],
  ['pause', { reason: 'why', partitions: null }, null],
  ['pause', 'x'.repeat(501), 'the reason must be text of at most 500 characters'],
  ['pause', 7, 'the reason must be text of at most 500 characters'],
  ['pause', { reason: ['why'] }, 'the reason must be text of at most 500 characters'],
  ['pause', { partitions: [] }, 'partitions must be a list of whole numbers, or null for all'],
  ['pause', { partitions: [0.5] }, 'partitions must be a list of whole numbers, or null for all'],
  [
    'pause',
    { partitions: Array(10_001).fill(0) },
    'partitions must be a list of whole numbers, or null for all',
  ],
  ['skip', ' ', 'say why the batch is given up: the argument is the reason'],
  ['skip', undefined, 'say why the batch is given up: the argument is the reason'],
  ['park', { reason: '' }, 'say why the batch is parked: the argument is the reason'],
  ['skip', 'a test account', null],
])('%s with %j: %j', (command, argument, problem) => {
  expect(commandProblem(command as 'pause', argument as ControlArgument)).toBe(problem)
})

test('what is unusable in an argument is left out, or cut', () => {
  const form = readForm({
    reason: 'x'.repeat(600),
    partitions: ['a'],
    accept: 'yes',
  } as unknown as ControlArgument)
  expect(form).toEqual({ reason: 'x'.repeat(500), partitions: null, accept: false })
})
