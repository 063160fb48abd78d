import { expect, test } from 'vitest'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { createNewerVersion, NEWER_SCHEMA } from '../support/deployment/newer-version.ts'
import { expectLongSlices, progress } from '../support/deployment/progress.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'

const ROLES = ['worker/main.ts', 'api/main.ts']
const NEWER_TABLE = 'create table newer (id integer);'

test('a worker and an API that are too old for the database refuse to start, and say which versions fit', async () => {
  const deployment = await createDeployment()
  await createNewerVersion(NEWER_TABLE).migrate(deployment)
  await expect(migrateDatabase(deployment.config.database.url)).rejects.toThrow(
    /migrations that this version does not know: 9000_newer\.sql; run the newer version/,
  )
  const [worker, api] = ROLES.map((role) => deployment.start(role))
  await expectRefused(
    worker,
    /^the database has schema 9000 \(Rollcall 9\.0\.0\); workers of schema 9000 and newer may write it, this is \d+ \(Rollcall [\d.]+\): start the newer version$/,
  )
  await expectRefused(
    api,
    /^the database has schema 9000 \(Rollcall 9\.0\.0\); APIs of schema 9000 and newer may read it, this is \d+ \(Rollcall [\d.]+\): start the newer version$/,
  )
})

test.for([
  ['has an older schema', 'update schema_version set schema = 100'],
  ['says nothing of its schema', 'drop table schema_version'],
])(
  'a worker and an API refuse to start on a database that %s, and say to migrate it',
  async ([, older = '']) => {
    const deployment = await createDeployment()
    await deployment.sql.unsafe(older)
    for (const role of ROLES.map((name) => deployment.start(name)))
      await expectRefused(role, /^the database has .*: run npm run migrate$/)
  },
)

test('a database of a version from before 0.3.0 is refused by name and left as it is', async () => {
  const deployment = await createDeployment()
  await deployment.sql`delete from migration`
  await deployment.sql`insert into migration (name) values ('0001_ingestion.sql'), ('0022_quarter_counts.sql')`
  await deployment.sql`update schema_version set schema = 22, version = '0.2.0'`
  await expect(migrateDatabase(deployment.config.database.url)).rejects.toThrow(
    'the database is of Rollcall 0.2.0 or older (schema 22), which cannot be migrated: give DATABASE_URL a new database',
  )
  for (const role of ROLES.map((name) => deployment.start(name)))
    await expectRefused(
      role,
      /^the database is of Rollcall 0\.2\.0 \(schema 22\), which cannot be migrated: /,
    )
  const names = await deployment.sql<{ name: string }[]>`select name from migration order by name`
  expect(names.map(({ name }) => name)).toEqual(['0001_ingestion.sql', '0022_quarter_counts.sql'])
})

test('a worker and an API end when the database is migrated past them, and nothing is counted after that', async () => {
  const { deployment, worker, feed } = await counting()
  const api = deployment.start('api/main.ts')
  await graphqlOf(api)
  const endFeed = feed.steadily(200)
  await createNewerVersion(NEWER_TABLE).migrate(deployment)
  const [{ counted } = { counted: -1 }] = await deployment.sql<{ counted: number }[]>`
    select sum(next_offset)::integer as counted from partition_checkpoint`
  await Promise.all([
    expectRefused(worker, /start the newer version$/),
    expectRefused(api, /start the newer version$/),
  ])
  await endFeed()
  expect((await progress(deployment)).read).toBe(counted)
})

test('a worker goes on beside a migration that says that older versions may write still', async () => {
  const { deployment, worker, feed } = await counting()
  const api = deployment.start('api/main.ts')
  const ask = await graphqlOf(api)
  const endFeed = feed.steadily(200)
  await createNewerVersion(
    `${NEWER_TABLE} update schema_version set oldest_writer = 1, oldest_reader = 1;`,
  ).migrate(deployment)
  // As after a return to this version.
  expect(await migrateDatabase(deployment.config.database.url)).toEqual([])
  const { read } = await progress(deployment)
  await eventually(async () => {
    expect((await progress(deployment)).read).toBeGreaterThan(read + 500)
  })
  await endFeed()
  await expectExact(deployment, feed.truth)
  expect(fatal(worker)).toEqual([])
  expect(await ask('{ ingestion { lag } }')).toEqual({ ingestion: { lag: 0 } })
})

test('of several that migrate at once one does, and all of them go on', async () => {
  const deployment = await createDeployment()
  const newer = createNewerVersion(NEWER_TABLE)
  const said = await Promise.all([1, 2, 3].map(() => newer.migrate(deployment)))
  expect(said.sort()).toEqual([
    `applied ${NEWER_SCHEMA}_newer.sql\n`,
    'the database is up to date\n',
    'the database is up to date\n',
  ])
})

async function counting() {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.logins(200)
  await expectExact(deployment, feed.truth)
  await eventually(() => expectLongSlices(deployment))
  return { deployment, worker, feed }
}

/** The process ends with 1, having said why once, without a stack. */
async function expectRefused(role: RoleProcess | undefined, reason: RegExp): Promise<void> {
  if (role === undefined) throw new Error('no process was started')
  expect(await role.exited).toBe(1)
  expect(fatal(role)).toEqual([expect.stringMatching(reason)])
  expect(JSON.stringify(role.log())).not.toContain('    at ')
}

const fatal = (role: RoleProcess): unknown[] =>
  role
    .log()
    .filter((line) => ['error', 'fatal'].includes(String(line['log.level'])))
    .map(({ message }) => message)
