import { parseValue, type ValueNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../schema.ts'

const scalar = (name: string) => {
  const type = schema.getType(name)
  if (type === undefined || !('parseValue' in type) || !('serialize' in type))
    throw new Error(`no scalar ${name}`)
  return type as {
    parseValue: (value: unknown) => unknown
    parseLiteral: (node: ValueNode) => unknown
    serialize: (value: unknown) => unknown
  }
}

describe('DateTime', () => {
  it.each([
    ['2026-01-31T09:30Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:15+02:00', '2026-01-31T07:30:15.000Z'],
    ['2024-02-29T00:00:00.5-00:30', '2024-02-29T00:30:00.500Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(scalar('DateTime').parseValue(text)).toEqual(new Date(expected))
  })

  it.each([
    '2026-01-31T09:30:00',
    '2026-01-31',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-31T09:30:00.0001Z',
    '0000-01-01T00:00:00Z',
    '1772366400',
    '2026-01-31 09:30:00Z',
    1772366400,
    null,
  ])('refuses %s', (value) => {
    expect(() => scalar('DateTime').parseValue(value)).toThrow(/DateTime|calendar/)
  })
})

describe('Date', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['9999-12-31', '9999-12-31T00:00:00Z'],
  ])('is read and said as it is: %s', (text, midnight) => {
    expect(scalar('Date').parseValue(text)).toEqual({ dateMs: Date.parse(midnight) })
    expect(scalar('Date').serialize(new Date(midnight))).toBe(text)
  })

  it.each([
    '2026-02-30',
    '2026-13-01',
    '0000-01-01',
    '2026-1-1',
    '2026-01-31T00:00:00Z',
    '20260131',
    0,
    null,
  ])('refuses %s', (value) => {
    expect(() => scalar('Date').parseValue(value)).toThrow(/Date must|calendar/)
  })
})

describe('Moment', () => {
  it('is a DateTime or a Date, as a variable and in the document', () => {
    const [date, moment] = [{ dateMs: Date.parse('2026-01-31') }, new Date('2026-01-31T09:30Z')]
    expect(scalar('Moment').parseValue('2026-01-31')).toEqual(date)
    expect(scalar('Moment').parseValue('2026-01-31T09:30Z')).toEqual(moment)
    expect(scalar('Moment').parseLiteral(parseValue('"2026-01-31"'))).toEqual(date)
    expect(scalar('Moment').parseLiteral(parseValue('"2026-01-31T10:30+01:00"'))).toEqual(moment)
  })

  it.each(['2026-02-30', '2026-02-30T00:00Z', '2026-01-31T09:30', 'today', '', 1772366400, null])(
    'refuses %s',
    (value) => {
      expect(() => scalar('Moment').parseValue(value)).toThrow(/Moment must|calendar/)
    },
  )
})

describe('Offset', () => {
  it('keeps every digit of an int64, both ways', () => {
    expect(scalar('Offset').serialize(2n ** 63n - 1n)).toBe('9223372036854775807')
    expect(scalar('Offset').parseValue('9223372036854775807')).toBe(2n ** 63n - 1n)
    expect(scalar('Offset').parseValue(7)).toBe(7n)
  })

  it.each(['9223372036854775808', '-1', '1.5', '', '1e3', 2 ** 60, null, true])('refuses %s', (value) => {
    expect(() => scalar('Offset').parseValue(value)).toThrow(/Offset/)
  })
})

describe('BigInt', () => {
  it('is an exact number, or an error', () => {
    expect(scalar('BigInt').serialize(9007199254740991n)).toBe(9007199254740991)
    expect(() => scalar('BigInt').serialize(9007199254740992n)).toThrow(/does not fit/)
  })
})
