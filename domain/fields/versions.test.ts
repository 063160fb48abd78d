import { expect, it } from 'vitest'
import { compareVersions, isOlder, parseVersion } from './versions.ts'

const read = (text: string) => ({ text, version: parseVersion(text) })
const sorted = (...texts: string[]) =>
  texts
    .map(read)
    .sort(compareVersions)
    .map(({ text }) => text)

it('versions are in order of semver, and what is none comes last', () => {
  const order = [
    ...[
      '2.9',
      '2.9.1',
      '2.10.0',
      'v2.10.0',
      '2.10.0+2',
      '2.10.0+10',
      '3.0.0-beta.2',
      '3.0.0-beta.11',
      '3.0.0',
      '10.0.0',
    ],
    ...['1.2.3.4', '7', 'unknown', 'v2 β'],
  ]
  expect(sorted(...order.toReversed())).toEqual(order)
})

it('two parts are three with a last one of 0; other text is no version', () => {
  const versions = ['2.10', 'v2.10', ' 2.10.0 ', '2.10-rc.1', '2.10+7', '2.10.0']
  expect(versions.map((text) => parseVersion(text)?.version)).toEqual([
    ...['2.10.0', '2.10.0', '2.10.0', '2.10.0-rc.1', '2.10.0', '2.10.0'],
  ])
  const others = [
    '',
    'garbage',
    '2',
    '1.2.3.4',
    '2.010',
    '2.',
    '.2',
    '2.x',
    '99999999999999999999.0.0',
    '9'.repeat(300),
  ]
  expect(others.map(parseVersion)).toEqual(others.map(() => null))
})

it('a version that is none is never older, and nothing is older than one that is none', () => {
  const older = (text: string, than: string) => isOlder(parseVersion(text), parseVersion(than))
  expect(
    ['2.9.1', '2.9', '2.10.0-rc.1', '2.10', '2.10.0+7', '3.0.0-beta.1', 'unknown', '1'].map((text) =>
      older(text, '2.10.0'),
    ),
  ).toEqual([true, true, true, false, false, false, false, false])
  expect(older('1.0.0', 'unknown')).toBe(false)
})
