import { describe, expect, it } from 'vitest'
import { parseRange } from '../fields/versions.ts'
import { closedValues, matchValues, type ValueFilter } from './value-filter.ts'

const locales = ['CA', 'TX', 'TN', 'en-US', 'EN-US', 'unknown']
const versions = ['1.9.0', '2.2', 'v2.3.0', '2.9.1', '2.10.0-rc.1', '2.10', '3.0.0-rc.1', '3.0.0', 'dev', '']
const deviceTypes = closedValues('device_type') ?? []

describe('the values that a filter lets through', () => {
  it.each<[string, 'locale' | 'app_version' | 'device_type' | 'us_region', ValueFilter, string[]]>([
    ['are those of a list', 'locale', { in: ['CA', 'unknown'] }, ['CA', 'unknown']],
    ['are none of an empty list', 'locale', { in: [] }, []],
    ['are all of a filter without conditions', 'locale', {}, locales],
    ['are in capitals where locales are normalised', 'locale', { in: ['tx', 'en-us'] }, ['TX']],
    ['are exact where they are not', 'locale', { in: ['en-US'] }, ['en-US']],
    ['are all but those of a list', 'locale', { notIn: ['ca', 'EN-US'] }, ['TX', 'TN', 'en-US', 'unknown']],
    ['are all but none of an empty list', 'locale', { notIn: [] }, locales],
    ['begin with a text in any case', 'locale', { startsWith: 'En-' }, ['en-US', 'EN-US']],
    ['all begin with no text', 'app_version', { startsWith: '' }, versions],
    [
      'begin with a text exactly',
      'app_version',
      { startsWith: '2.' },
      ['2.2', '2.9.1', '2.10.0-rc.1', '2.10'],
    ],
    ['hold all conditions', 'locale', { startsWith: 't', notIn: ['TX'] }, ['TN']],
    ['are of a closed list in any case', 'device_type', { in: ['Ios', 'ANDROID'] }, ['android', 'iOS']],
    ['are the others of a closed list', 'device_type', { notIn: ['IOS'] }, ['android', 'unknown']],
    ['are regions', 'us_region', { startsWith: 'so' }, ['south']],
  ])('%s', (_, name, filter, expected) => {
    const known = { locale: locales, app_version: versions, device_type: deviceTypes }[name as string]
    expect(matchValues(name, filter, known ?? closedValues(name) ?? []).values).toEqual(expected)
  })

  it.each([
    ['>=2.3 <3', ['v2.3.0', '2.9.1', '2.10.0-rc.1', '2.10']],
    ['<2.10.0', ['1.9.0', '2.2', 'v2.3.0', '2.9.1', '2.10.0-rc.1']],
    ['~2.10 || 3.x', ['2.10.0-rc.1', '2.10', '3.0.0-rc.1', '3.0.0']],
    ['2.10', ['2.10.0-rc.1', '2.10']],
    ['*', versions.filter((text) => text !== 'dev' && text !== '')],
  ])(
    'are versions of the range %s, pre-releases included, and no text that is no version',
    (text, expected) => {
      expect(matchValues('app_version', { range: parseRange(text) }, versions).values).toEqual(expected)
    },
  )
})

it('what matches no known value is told, with the condition that it is in', () => {
  const unmatched = (name: 'locale' | 'app_version', filter: ValueFilter) =>
    matchValues(name, filter, name === 'locale' ? locales : versions).unmatched
  expect(unmatched('locale', { in: ['zg', 'CA'], notIn: ['QQ'], startsWith: 'fr-' })).toEqual([
    { condition: 'in', text: 'zg' },
    { condition: 'notIn', text: 'QQ' },
    { condition: 'startsWith', text: 'fr-' },
  ])
  expect(unmatched('app_version', { range: parseRange('>=4') })).toEqual([
    { condition: 'range', text: '>=4' },
  ])
  expect(unmatched('app_version', { in: [], startsWith: '2', notIn: [] })).toEqual([])
})

it.each<[string, 'locale' | 'app_version', ValueFilter, boolean]>([
  ['a list and the same left out', 'locale', { in: ['tx'], notIn: ['TX', 'CA'] }, true],
  ['everything left out', 'locale', { notIn: locales }, true],
  ['no list', 'locale', { in: [] }, true],
  ['a list that begins otherwise', 'locale', { in: ['TX'], startsWith: 'c' }, true],
  ['a range without versions', 'app_version', { range: parseRange('>=3 <2') }, true],
  ['a range of versions that are not known', 'app_version', { range: parseRange('>=7 <8') }, false],
  ['a list that is not known', 'locale', { in: ['zg'], notIn: ['TX'] }, false],
  ['a list of which one is left', 'locale', { in: ['TX', 'CA'], notIn: ['TX'] }, false],
])('that conditions leave nothing over is told: %s', (_, name, filter, expected) => {
  const { isEmpty, unmatched } = matchValues(name, filter, name === 'locale' ? locales : versions)
  expect(isEmpty).toBe(expected)
  if (isEmpty) expect(unmatched).toEqual([])
})

it('a text that is no range of versions is none', () => {
  expect(['>=', 'two', '1.2.3.4', '>=2.3 and <3'].map(parseRange)).toEqual([null, null, null, null])
  expect(parseRange('>=2.3 <3 || 4.x')?.comparators).toBe(4)
})
