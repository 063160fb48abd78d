import { expect, test } from 'vitest'
import { indexFinishedLoginDays } from '../../db/login-rows/login-indexes.ts'
import { listDay } from '../../db/rollups/list-days.ts'
import { makeActiveSpans } from '../../db/rollups/make-active-spans.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { dayOf } from '../../domain/time/period.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { DAYS, listLogins, somebodysLogins, writeLogins } from '../support/api/people-world.ts'
import { seed } from '../support/seed.ts'
import { createRolesDatabase } from '../support/parts/roles-database.ts'

const DAY_MS = 86_400_000
const RETENTION = { loginDays: 3, setDays: 400, minuteDays: 5 }

test('a worker makes, indexes and drops days without owning a table, and leaves a day that others hold for later', async () => {
  const { sql, as } = await createRolesDatabase()
  const ingest = as('ingest')
  // A day is over an hour after its midnight.
  const daysOver = new Date().getUTCHours() === 0 ? 2 : 3
  expect(await applyRetention(ingest, RETENTION)).toMatchObject({
    droppedDays: [],
    indexesMade: 4 * daysOver,
  })
  const owners = await sql<{ owner: string }[]>`
    select distinct pg_get_userbyid(relowner)::text as owner from pg_class where relname like 'login\_2%'`
  expect(owners).toEqual([{ owner: 'rollcall_migrate' }])
  expect(await sql`select from pg_class where relname like 'login\_%\_seen'`).toHaveLength(6 - daysOver)

  await sql.begin(async (tx) => {
    await tx`lock table login in row exclusive mode`
    expect(await indexFinishedLoginDays(ingest, Date.now() + DAY_MS)).toBe(0)
  })
  expect(await indexFinishedLoginDays(ingest, Date.now() + DAY_MS)).toBe(4)
  expect(await applyRetention(ingest, { ...RETENTION, loginDays: 1 })).toMatchObject({
    droppedDays: [expect.stringMatching(/^login_/), expect.stringMatching(/^login_/)],
  })
  expect((await applyRetention(ingest, { ...RETENTION, loginDays: 0 })).droppedDays).toHaveLength(4)
})

test('whoever signs in as a worker may do all that upkeep does', async () => {
  const { sql, as } = await createRolesDatabase()
  const ingest = as('ingest')
  await writeLogins(sql, 1, somebodysLogins(seed, dayOf(Date.now()) - DAYS, 500))
  // Upkeep waits until the minutes are over in which others may commit.
  await sql`update batch set committed_at = committed_at - interval '2 hours'`
  await listLogins(ingest)
  expect(await sql`select from written_count where minutes = 5`).not.toHaveLength(0)
  expect(await sql`select from unindexed_batch`).toHaveLength(0)
  await sql`update span_day set changed_at = changed_at - interval '2 hours'`
  expect(await makeActiveSpans(ingest)).toBe(true)
  expect(await listDay(ingest)).toBe(true)
  while (await rollUpMonth(ingest));
})

type Ready = { parts: { postgres: { ok: boolean; message?: string } } }

async function postgresOf(role: RoleProcess): Promise<Ready['parts']['postgres']> {
  const port = await eventually(() => {
    const said = role.log().map((line) => line['server.port'])
    const found = said.find((value) => typeof value === 'number')
    if (found === undefined) throw new Error('it has not said where it listens')
    return found
  }, 30_000)
  return ((await (await fetch(`http://${HOST}:${port}/ready`)).json()) as Ready).parts.postgres
}

test('a worker and an API that sign in as a superuser go on, and say so in the log and in /ready', async () => {
  const deployment = await createDeployment()
  const DATABASE_URL = deployment.config.database.url
  const DATABASE_REPLICA_URLS = ''
  for (const [entry, role] of [
    ['worker/main.ts', 'rollcall_ingest'],
    ['api/main.ts', 'rollcall_api'],
  ] as const) {
    const said = new RegExp(`^the role of DATABASE_URL is a superuser: .* sign in as ${role} `)
    const least = deployment.start(entry)
    expect(await postgresOf(least)).toEqual({ ok: true })
    const most = deployment.start(entry, { DATABASE_URL, DATABASE_REPLICA_URLS })
    expect(await postgresOf(most)).toEqual({ ok: true, message: expect.stringMatching(said) as string })
    await eventually(() => {
      expect(most.log().map(({ message }) => message)).toContainEqual(expect.stringMatching(said))
    })
    expect(least.log().filter(({ message }) => said.test(String(message)))).toEqual([])
  }
})
