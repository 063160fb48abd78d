import { expect, test } from 'vitest'
import { UsageError } from '../cli/command-line.ts'
import { parseArguments } from './arguments.ts'

test('without arguments logins are made up', () => {
  expect(parseArguments([])).toEqual({ name: 'generate' })
})

test('a file goes as fast as the topic takes it, in the format that it has', () => {
  expect(parseArguments(['--from', 'a.csv'])).toEqual({
    name: 'send',
    from: 'a.csv',
    format: null,
    linesPerSecond: null,
    again: false,
  })
})

test('every option is read, and - is standard input', () => {
  expect(parseArguments(['--from', '-', '--format', 'ndjson', '--rate', '0.5', '--again'])).toEqual({
    name: 'send',
    from: '-',
    format: 'ndjson',
    linesPerSecond: 0.5,
    again: true,
  })
})

test('help is given whatever else stands there', () => {
  expect(parseArguments(['--help', '--from', 'a.csv'])).toEqual({ name: 'help' })
  expect(parseArguments(['-h'])).toEqual({ name: 'help' })
})

test.each([
  [['--form', 'a.csv'], /^Unknown option '--form'; /],
  [['--from'], /^Option '--from <value>' argument missing; /],
  [['--from', ''], /needs a file/],
  [['a.csv'], /^"a\.csv" belongs to no option \(npm keeps options that do not come after -- for itself\)/],
  [['--from', 'a.csv', 'b.csv'], /"b\.csv" belongs to no option/],
  [['--rate', '5'], /^--rate needs --from/],
  [['--again'], /^--again needs --from/],
  [['--from', 'a', '--format', 'xml'], /ndjson or csv, not "xml"/],
  [['--from', 'a', '--rate', '0'], /above 0/],
  [['--from', 'a', '--rate', 'fast'], /above 0, .* not "fast"/],
  [['--from', 'a', '--rate=-5'], /above 0/],
  [['--from', 'a', '--rate', '-5'], /'--rate' argument is ambiguous/],
  [['--from', 'a', '--again=no'], /does not take an argument/],
])('%j is refused in one line that says where the options are', (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(UsageError)
  expect(() => parseArguments(argv)).toThrow(message)
  expect(() => parseArguments(argv)).toThrow(/^[^\n]+; npm run generate -- --help shows the options$/)
})
