import { expect, test } from 'vitest'
import { schemaRefusal } from './schema-fit.ts'

const database = { schema: 121, version: '0.4.0', oldestWriter: 120, oldestReader: 119 }
const code = (schema: number) => ({ schema, version: '0.3.0' })

test('code of the schema of the database, and older code that fits it still, may use it', () => {
  expect(schemaRefusal(database, code(121), 'write')).toBeNull()
  expect(schemaRefusal(database, code(120), 'write')).toBeNull()
  expect(schemaRefusal(database, code(119), 'read')).toBeNull()
})

test('older code is told which one fits and to start that', () => {
  expect(schemaRefusal(database, code(119), 'write')).toBe(
    'the database has schema 121 (Rollcall 0.4.0); workers of schema 120 and newer may write it, ' +
      'this is 119 (Rollcall 0.3.0): start the newer version',
  )
  expect(schemaRefusal(database, code(118), 'read')).toBe(
    'the database has schema 121 (Rollcall 0.4.0); APIs of schema 119 and newer may read it, ' +
      'this is 118 (Rollcall 0.3.0): start the newer version',
  )
})

test('code that is newer than the database is told to migrate, whatever the database allows', () => {
  expect(schemaRefusal(database, code(122), 'read')).toBe(
    'the database has schema 121 (Rollcall 0.4.0), this is 122 (Rollcall 0.3.0): run npm run migrate',
  )
  expect(schemaRefusal(null, code(122), 'write')).toContain('run npm run migrate')
})

test('a database of before 0.3.0 is refused by name, whoever asks', () => {
  const old = { schema: 22, version: '0.2.0', oldestWriter: 22, oldestReader: 22 }
  for (const use of ['read', 'write'] as const)
    expect(schemaRefusal(old, code(105), use)).toMatch(
      /^the database is of Rollcall 0\.2\.0 \(schema 22\), which cannot be migrated: give DATABASE_URL a new database/,
    )
})
