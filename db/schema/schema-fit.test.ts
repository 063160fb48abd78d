import { expect, test } from 'vitest'
import { schemaRefusal } from './schema-fit.ts'

const database = { schema: 21, version: '0.4.0', oldestWriter: 20, oldestReader: 19 }
const code = (schema: number) => ({ schema, version: '0.3.0' })

test('code of the schema of the database, and older code that fits it still, may use it', () => {
  expect(schemaRefusal(database, code(21), 'write')).toBeNull()
  expect(schemaRefusal(database, code(20), 'write')).toBeNull()
  expect(schemaRefusal(database, code(19), 'read')).toBeNull()
})

test('older code is told which one fits and to start that', () => {
  expect(schemaRefusal(database, code(19), 'write')).toBe(
    'the database has schema 21 (Rollcall 0.4.0); workers of schema 20 and newer may write it, ' +
      'this is 19 (Rollcall 0.3.0): start the newer version',
  )
  expect(schemaRefusal(database, code(18), 'read')).toBe(
    'the database has schema 21 (Rollcall 0.4.0); APIs of schema 19 and newer may read it, ' +
      'this is 18 (Rollcall 0.3.0): start the newer version',
  )
})

test('code that is newer than the database is told to migrate, whatever the database allows', () => {
  expect(schemaRefusal(database, code(22), 'read')).toBe(
    'the database has schema 21 (Rollcall 0.4.0), this is 22 (Rollcall 0.3.0): run npm run migrate',
  )
  expect(schemaRefusal(null, code(22), 'write')).toContain('run npm run migrate')
})
