import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filesOf } from '../test/support/sources/imports.ts'
import { rolesOf, sourceFolders } from './restart-on-change.ts'

test.each([
  [['api/schema/schema.ts'], ['api']],
  [['worker/main.ts'], ['worker']],
  [
    ['activities/ingest/ingest-slice.ts', 'api/main.ts'],
    ['worker', 'api'],
  ],
  [['domain/login/login.ts'], ['worker', 'api']],
  [['db/migrations/0100_ingestion.sql'], ['worker', 'api']],
  [['workflows/ingest-topic.ts'], ['worker', 'api']],
])('a change of %j starts %j again', (files, roles) => {
  expect(rolesOf(files)).toEqual(roles)
})

test('all folders that worker and API import are watched', () => {
  const project = fileURLToPath(new URL('..', import.meta.url))
  const files = [...filesOf(project, 'worker/main.ts'), ...filesOf(project, 'api/main.ts')]
  const folders = new Set(files.map((file) => file.split('/')[0]))
  expect([...folders].filter((folder = '') => !sourceFolders.includes(folder))).toEqual([])
})
