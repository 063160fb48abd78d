import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ALL_DIMENSIONS, dimensionBit, dimensionSets, failureSets, smallestSet } from './counts.ts'
import { type DimensionName, dimensions } from './dimensions.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** Folders whose code must derive its lists from the definition. */
const folders = [
  'activities',
  'api',
  'bench/history',
  'db',
  'domain',
  'kafka',
  'test/support/truth',
  'worker',
  'workflows',
]
/** Names this close to each other, in characters, count as a list. */
const WIDTH_OF_A_LIST = 200

/**
 * Files that list the fields of a login, its row or its message, whether they are dimensions or not; and one
 * question.
 */
const listLoginFields = [
  'db/ingest/copy-logins.ts',
  'db/read/rows/logins.ts',
  'domain/columns/columns-fixture.ts',
  'domain/columns/combinations.ts',
  'domain/columns/enriched-bytes.ts',
  'domain/columns/fields.ts',
  'domain/columns/mutated-messages.ts',
  'domain/decode/collect-extra.ts',
  'domain/decode/decode-message.ts',
  'domain/login/enriched.ts',
  'domain/login/login.ts',
  'test/support/truth/compare-topics.ts',
  'test/support/truth/raw-events.ts',
  'test/support/truth/truth-questions.ts',
]

function listsAll(text: string): boolean {
  const named = dimensions
    .filter(({ isDerived }) => !isDerived)
    .map(({ name, field }) => new RegExp(`\\b(${name}|${field})s?\\b`, 'g'))
  const [first = [], ...others] = named.map((names) => Array.from(text.matchAll(names), ({ index }) => index))
  return first.some((at) =>
    others.every((places) => places.some((place) => Math.abs(place - at) < WIDTH_OF_A_LIST)),
  )
}

test('no other code lists the dimensions by hand', () => {
  const files = folders.flatMap((folder) =>
    readdirSync(`${project}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`),
  )
  const found = files.filter((file) => listsAll(readFileSync(`${project}/${file}`, 'utf8')))
  expect(found.sort()).toEqual(listLoginFields)
})

const tablesByValue = ['hour_count', 'hour_login', 'login', 'minute_count', 'month_count', 'quarter_count']

test('tables have the columns of the definition, and their sets are the bits that are stored', () => {
  const folder = `${project}/db/migrations`
  const sql = readdirSync(folder)
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .join('\n')
    .replaceAll(/--.*/g, '')
  const tablesWith = (column: string) =>
    Array.from(sql.matchAll(/(?:create|alter) table (\w+)([^;]*)/g))
      .filter(([, , columns = '']) => columns.includes(` ${column}`))
      .map(([, table = '']) => table)
      .sort()
  for (const { name, arrayColumn } of dimensions) {
    expect(tablesWith(`${name} text`)).toEqual(expect.arrayContaining(tablesByValue))
    expect(tablesWith(`${arrayColumn} text[]`)).toEqual(['login_count_delta', 'written_count'])
  }
  expect(dimensionBit).toEqual({ device_type: 1, app_version: 2, locale: 4, outcome: 8 })
})

test('counts are kept by no dimension, by each, by every two and by all', () => {
  expect([...dimensionSets].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15])
  expect(smallestSet([])).toBe(0)
  expect(smallestSet(['locale', 'device_type', 'locale'])).toBe(5)
  expect(smallestSet(['locale', 'device_type', 'outcome'])).toBe(ALL_DIMENSIONS)
})

test('failures alone are counted by every two dimensions beside outcome, too', () => {
  expect([...failureSets].sort((a, b) => a - b)).toEqual([11, 13, 14])
  const failures = (...names: DimensionName[]) => smallestSet([...names, 'outcome'], ['failure'])
  expect([failures(), failures('locale'), failures('device_type', 'locale')]).toEqual([8, 12, 13])
  expect(failures('device_type', 'app_version', 'locale')).toBe(ALL_DIMENSIONS)
  for (const outcomes of [null, ['failure', 'unknown'], ['success']])
    expect(smallestSet(['locale', 'device_type', 'outcome'], outcomes)).toBe(ALL_DIMENSIONS)
})
