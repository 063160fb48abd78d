import { describe, expect, test } from 'vitest'
import { openSession } from '../../activities/session/postgres-session.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import { createReadRouter } from '../../db/nodes/router.ts'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { startPgBouncer } from '../support/parts/pgbouncer.ts'

const DROPPED =
  'statement_timeout, idle_in_transaction_session_timeout, plan_cache_mode, cursor_tuple_fraction'
/** Its default refuses what it does not know; people then have it ignored. */
const poolers = ['session', 'transaction', 'statement'].flatMap((pool_mode) => [
  { pool_mode },
  { pool_mode, ignore_startup_parameters: DROPPED },
])

const REFUSAL =
  /a pooler such as PgBouncer.*let DATABASE_URL and DATABASE_REPLICA_URLS lead to Postgres itself/

const whyNot = whyNoDebianPackages()
describe.skipIf(whyNot !== null)(`behind PgBouncer${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  test.each(poolers)('nothing is migrated, and one line says why: %o', async (settings) => {
    const { config } = await createDeployment()
    const url = await startPgBouncer(config.database.url, settings)
    await expect(migrateDatabase(url)).rejects.toThrow(REFUSAL)
  })

  test.each(poolers)('a worker ends with the reason, and nothing is counted: %o', async (settings) => {
    const { config, start, sql } = await createDeployment()
    const url = await startPgBouncer(config.database.url, settings)
    const worker = start('worker/main.ts', { DATABASE_URL: url })
    expect(await worker.exited).toBe(1)
    expect(worker.log().at(-1)).toMatchObject({
      message: 'worker failed',
      'error.message': expect.stringMatching(REFUSAL) as string,
    })
    expect(await sql`select from partition_checkpoint`).toHaveLength(0)
  })

  test.each(poolers)(
    'a slice that meets it is to be tried again, and blames no login: %o',
    async (settings) => {
      const { config } = await createDeployment()
      const url = await startPgBouncer(config.database.url, settings)
      const opening = openSession({ ...config, database: { url, replicaUrls: [] } }, 'rollcall test')
      await expect(opening).rejects.toThrow(REFUSAL)
      await expect(opening).rejects.toMatchObject({ failureClass: 'transient', part: 'postgres' })
    },
  )

  test('an API ends with the reason', async () => {
    const { config, start } = await createDeployment()
    const url = await startPgBouncer(config.database.url, poolers[1] ?? {})
    const api = start('api/main.ts', { DATABASE_URL: url, DATABASE_REPLICA_URLS: '' })
    expect(await api.exited).toBe(1)
    expect(api.log().at(-1)).toMatchObject({ 'error.message': expect.stringMatching(REFUSAL) as string })
  })

  test.each(poolers)(
    'a replica is passed over for the primary, and the log says why: %o',
    async (settings) => {
      const { config } = await createDeployment()
      const [replica = ''] = config.database.replicaUrls
      const reasons: string[] = []
      const router = createReadRouter(
        { url: config.database.url, replicaUrls: [await startPgBouncer(replica, settings)] },
        (_, __, reason) => reasons.push(reason),
      )
      const source = await eventually(() =>
        router.withReadNode(anyFreshness, (session) => Promise.resolve(session.source)),
      )
      await router.close()
      expect(source).toBe('primary')
      expect(reasons).toEqual([expect.stringMatching(REFUSAL)])
    },
  )
})
