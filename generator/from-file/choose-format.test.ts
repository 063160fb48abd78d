import { expect, test } from 'vitest'
import { chooseFormat } from './choose-format.ts'

const choose = (clues: {
  option?: 'csv' | 'ndjson'
  fileName?: string
  contentType?: string
  head?: string
}) =>
  chooseFormat({
    option: clues.option ?? null,
    name: 'it',
    fileName: clues.fileName ?? '',
    contentType: clues.contentType ?? null,
    head: Buffer.from(clues.head ?? ''),
  })

test('--format says it whatever else says otherwise, then the content type, then the name, then the first bytes', () => {
  const clues = { fileName: 'a.csv', contentType: 'application/x-ndjson', head: 'a,b' }
  expect(choose({ ...clues, option: 'ndjson' })).toEqual({ format: 'ndjson', by: '--format' })
  expect(choose(clues)).toEqual({ format: 'ndjson', by: 'its content type' })
  expect(choose({ ...clues, contentType: 'text/plain' })).toEqual({ format: 'csv', by: 'its name' })
  expect(choose({ head: 'a,b' })).toEqual({ format: 'csv', by: 'its first bytes' })
})

test.each([
  ['logins.CSV', 'csv'],
  ['logins.csv.gz', 'csv'],
  ['logins.tsv', 'csv'],
  ['logins.jsonl', 'ndjson'],
  ['logins.2026.ndjson.gz', 'ndjson'],
])('the name %s says %s', (fileName, format) => {
  expect(choose({ fileName, head: 'x' })).toEqual({ format, by: 'its name' })
})

test.each([
  ['{"user_id":"a"}\n', 'ndjson'],
  ['user_id,ip\n', 'csv'],
  ['"user_id";"ip"\n', 'csv'],
  ['garbage, with a comma\n{"user_id":"a"}\n', 'ndjson'],
  ['garbage without one\n', 'ndjson'],
  ['', 'ndjson'],
])('the first bytes %j say %s', (head, format) => {
  expect(choose({ fileName: 'logins.txt', head }).format).toBe(format)
})

test('a JSON array or a web page is refused, unless it is said to be lines', () => {
  expect(() => choose({ head: '[\n{"a":1}]' })).toThrow(/^it begins like a JSON array: .* jq -c \.\[\]/)
  expect(() => choose({ contentType: 'text/html', head: 'Sign in' })).toThrow(/^it is a web page/)
  expect(() => choose({ head: '<!DOCTYPE html>' })).toThrow(/^it is a web page/)
  expect(choose({ option: 'ndjson', head: '[1,2]\n' }).format).toBe('ndjson')
})
