import { expect, test } from 'vitest'
import { rolesOf } from './restart-on-change.ts'

test.each([
  [['api/schema/schema.ts'], ['api']],
  [['worker/main.ts'], ['worker']],
  [
    ['activities/ingest/ingest-slice.ts', 'api/main.ts'],
    ['worker', 'api'],
  ],
  [['domain/login/login.ts'], ['worker', 'api']],
  [['db/migrations/0001_ingestion.sql'], ['worker', 'api']],
  [['workflows/ingest-topic.ts'], ['worker', 'api']],
])('a change of %j starts %j again', (files, roles) => {
  expect(rolesOf(files)).toEqual(roles)
})
