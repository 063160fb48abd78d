import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { fillLogins } from '../../bench/history/fill-history.ts'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { asRole } from '../../stack/as-role.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { measureLockWaits } from '../support/deployment/lock-waits.ts'
import { createNewerVersion } from '../support/deployment/newer-version.ts'
import { withReleaseBefore } from '../support/deployment/release-before.ts'

const SIZE = { logins: 20_000_000, users: 1_000_000, days: 30 }
const MAX_WAIT_MS = 2_000
/** Longer than anybody may wait: a question that reads what a migration alters. */
const QUESTION_MS = 5_000
const FITS = 'update schema_version set oldest_writer = 129, oldest_reader = 129;'

test('on 20 million logins nobody waits two seconds for a lock of the migrations since the release before, nor behind one that waits', async () => {
  const stop = new AbortController()
  onTestFinished(() => {
    stop.abort()
  })
  await withReleaseBefore(stop.signal, async ({ template }) => {
    const deployment = await createDeployment({}, template)
    const { url } = deployment.config.database
    await fillLogins(deployment.sql, deployment.config.kafka.topic, SIZE, () => undefined)
    const [filled] = await deployment.sql<{ logins: bigint }[]>`select count(*) as logins from login`
    // A record in a thousand is a reject.
    expect(Number(filled?.logins)).toBeGreaterThan(SIZE.logins * 0.99)

    const end = await measureLockWaits(url)
    const question = deployment.sql.begin(async (tx) => {
      await tx`select from worker`
      await sleep(QUESTION_MS)
    })
    const startMs = performance.now()
    const applied = await migrateDatabase(asRole(url, 'migrate'))
    const tookMs = Math.round(performance.now() - startMs)
    await question
    const waits = await end()
    console.log(`${applied.join(', ')} took ${tookMs} ms; longest waits in ms: ${JSON.stringify(waits)}`)
    expect(applied.length).toBeGreaterThan(0)
    // It gave way to the question.
    expect(tookMs).toBeGreaterThan(QUESTION_MS - 1_000)
    const { rounds, ...longest } = waits
    expect(rounds).toBeGreaterThan(100)
    for (const waitMs of Object.values(longest)) expect(waitMs).toBeLessThan(MAX_WAIT_MS)

    // An index on the rows of a day; what an attempt before left is not valid.
    const [day] = await deployment.sql<{ name: string }[]>`
      select relid::text as name from pg_partition_tree('login') where isleaf order by relid::text limit 1`
    const newer = createNewerVersion(
      `create index concurrently newer_by_version on ${day?.name ?? ''} (app_version, user_id, event_at);\n${FITS}\n`,
    )
    await deployment.sql.unsafe(`create index newer_by_version on ${day?.name ?? ''} (app_version)`)
    await deployment.sql`update pg_index set indisvalid = false where indexrelid = 'newer_by_version'::regclass`
    const endAgain = await measureLockWaits(url)
    await newer.migrate(deployment)
    const whileBuilt = await endAgain()
    console.log(`while an index is built, longest waits in ms: ${JSON.stringify(whileBuilt)}`)
    for (const waitMs of [whileBuilt.read, whileBuilt.write, whileBuilt.checkpoint, whileBuilt.audit])
      expect(waitMs).toBeLessThan(MAX_WAIT_MS)
    const [index] = await deployment.sql`
      select indisvalid as valid, indnatts::integer as columns from pg_index where indexrelid = 'newer_by_version'::regclass`
    expect(index).toEqual({ valid: true, columns: 3 })
  })
}, 3_000_000)
