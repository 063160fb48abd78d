import { expect, test } from 'vitest'
import { csvLineEnds } from './csv-line-ends.ts'
import { findDelimiter, readHeader, rowsAsJson } from './csv-rows.ts'
import { LineSplitter } from './split-lines.ts'

function linesOf(content: string | Buffer, delimiter = ',') {
  const splitter = new LineSplitter(csvLineEnds(delimiter), { offset: 0, number: 1 })
  return [...splitter.push(Buffer.from(content)), ...splitter.end()]
}

function fieldsOf(header: string, delimiter = ',') {
  const [line] = linesOf(header, delimiter)
  if (line === undefined) throw new Error('no header')
  return readHeader(line, delimiter).fields
}

const jsonOf = (rows: string | Buffer, fields: string[], delimiter = ',') =>
  rowsAsJson(linesOf(rows, delimiter), { delimiter, fields }).map(String)

test('header names become field names and every value is a string', () => {
  expect(jsonOf('7,2.10,true\n', ['id', 'app_version', 'x'])).toEqual([
    '{"id":"7","app_version":"2.10","x":"true"}',
  ])
})

test('quoted cells keep commas, quotes, newlines and blanks around them', () => {
  expect(jsonOf('"a, b","say ""hi""","x\r\ny"," z"', ['a', 'b', 'c', 'd'])).toEqual([
    JSON.stringify({ a: 'a, b', b: 'say "hi"', c: 'x\r\ny', d: ' z' }),
  ])
})

test('an empty cell is a missing field, quoted or not, and a row of empty cells an empty object', () => {
  expect(jsonOf('1,,3\n1,"",3\n,,', ['a', 'b', 'c'])).toEqual([
    '{"a":"1","c":"3"}',
    '{"a":"1","c":"3"}',
    '{}',
  ])
})

test('a row with too few cells lacks fields, and cells too many are named by their column', () => {
  expect(jsonOf('1\n1,2,3,4', ['a', 'b'])).toEqual([
    '{"a":"1"}',
    '{"a":"1","b":"2","column_3":"3","column_4":"4"}',
  ])
})

test('names that are empty or stand there twice are told apart', () => {
  expect(fieldsOf('ip, ,ip,"user id",,ip')).toEqual(['ip', 'column_2', 'ip_2', 'user id', 'column_5', 'ip_3'])
  expect(jsonOf('x', ['__proto__'])).toEqual(['{"__proto__":"x"}'])
})

test('rows that are no UTF-8, or whose quote is never closed, are sent as they are, and those around them as JSON', () => {
  const rows = Buffer.concat([
    Buffer.from('1,2\n'),
    Buffer.from([0xff, 0x2c, 0x0a]),
    Buffer.from('3,4\n5,"6'),
  ])
  const [first, broken, third, unclosed] = rowsAsJson(linesOf(rows), { delimiter: ',', fields: ['a', 'b'] })
  expect([String(first), String(third)]).toEqual(['{"a":"1","b":"2"}', '{"a":"3","b":"4"}'])
  expect(broken?.toString('hex')).toBe('ff2c')
  expect(String(unclosed)).toBe('5,"6')
})

test('quotes in the wrong place do not move the rows behind them', () => {
  expect(jsonOf('5" disk,"a"b\n"c" ,d\ne,f', ['a', 'b'])).toEqual([
    JSON.stringify({ a: '5" disk', b: '"a"b' }),
    JSON.stringify({ a: '"c" ', b: 'd' }),
    '{"a":"e","b":"f"}',
  ])
})

test('semicolons and tabs separate as well, where the header row has more of them than of commas outside quotes', () => {
  expect(findDelimiter('user_id;ip;locale')).toBe(';')
  expect(findDelimiter('user_id\tip')).toBe('\t')
  expect(findDelimiter('"a;b;c",d')).toBe(',')
  expect(findDelimiter('user_id')).toBe(',')
  expect(jsonOf('1;2,5', fieldsOf('a;b', ';'), ';')).toEqual(['{"a":"1","b":"2,5"}'])
})

test('a header row that is no UTF-8 or never closes a quote is refused', () => {
  expect(() => fieldsOf('a,"b')).toThrow('the header row is not CSV in UTF-8')
  const [line] = linesOf(Buffer.from([0xff, 0x2c]))
  expect(() => line && readHeader(line, ',')).toThrow('the header row is not CSV in UTF-8')
})
