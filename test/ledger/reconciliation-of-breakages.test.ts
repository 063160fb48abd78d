import { expect, test } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import type { DiscrepancyKind } from '../../domain/pipeline/reconciliation.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { raiseCount } from '../support/ledger/raise-count.ts'
import { type Break, kindsWhen, reconciliationOf } from '../support/ledger/reconciliation-fixture.ts'

type Breakage = { what: string; broken: Break; kinds: DiscrepancyKind[] }

const breakages: Breakage[] = [
  {
    what: 'a count of a minute raised by 1',
    broken: (sql) => raiseCount(sql, 'minute_count', 15, 1),
    kinds: ['grouped_count', 'hour_count', 'minute_count'],
  },
  {
    what: 'a count of an hour lowered by 1',
    broken: (sql) => raiseCount(sql, 'hour_count', 15, -1),
    kinds: ['grouped_count', 'hour_count'],
  },
  {
    what: 'a count of an hour by version alone raised by 1',
    broken: (sql) => raiseCount(sql, 'hour_count', 2, 1),
    kinds: ['grouped_count'],
  },
  {
    what: 'a delta deleted',
    broken: (sql) => sql`delete from login_count_delta
      where batch_id = (select id from batch order by logins desc limit 1)`,
    kinds: ['batch_logins', 'minute_count'],
  },
  {
    what: 'a login row deleted',
    broken: (sql) => sql`delete from login where (kafka_partition, kafka_offset) =
      (select kafka_partition, kafka_offset from login order by 1, 2 limit 1)`,
    kinds: ['batch_login_rows'],
  },
  {
    what: 'a rejected record deleted',
    broken: (sql) => sql`delete from rejected_login where (batch_id, kafka_offset) =
      (select batch_id, kafka_offset from rejected_login order by 1, 2 limit 1)`,
    kinds: ['batch_rejects'],
  },
  {
    what: 'a checkpoint that counted one login more',
    broken: (sql) => sql`update partition_checkpoint set logins = logins + 1 where partition = 0`,
    kinds: ['checkpoint_logins'],
  },
  {
    what: 'a checkpoint moved ahead',
    broken: (sql) => sql`update partition_checkpoint set next_offset = next_offset + 1 where partition = 0`,
    kinds: ['checkpoint_offset'],
  },
  {
    what: 'a hole in the ledger',
    broken: (sql) => sql`update batch set to_offset = to_offset - 1, logins = logins - 1
      where id = (select id from batch where partition = 0 and logins > 1 order by from_offset limit 1)`,
    kinds: ['batch_logins', 'checkpoint_logins', 'ledger_hole'],
  },
  {
    what: 'counts by all dimensions deleted, of an hour',
    broken: (sql) => sql`delete from hour_count where ctid = (
      select ctid from hour_count where dimension_set = 15 order by device_type, app_version, locale, outcome limit 1)`,
    kinds: ['grouped_count', 'hour_count'],
  },
  {
    what: 'counts by locale deleted',
    broken: (sql) => sql`delete from minute_count where ctid = (
      select ctid from minute_count where dimension_set = 4 order by locale limit 1)`,
    kinds: ['grouped_count'],
  },
  {
    what: 'failures by version and locale deleted',
    broken: (sql) => sql`delete from hour_count where dimension_set = 14`,
    kinds: ['grouped_count'],
  },
  {
    what: 'a version that filters no longer know',
    broken: (sql) => sql`delete from dimension_value where (dimension, value) =
      (select dimension, value from dimension_value where dimension = 'app_version' order by value limit 1)`,
    kinds: ['known_value'],
  },
  {
    what: 'counts of a version that nobody has',
    broken: (
      sql,
    ) => sql`insert into minute_count (dimension_set, hour, device_type, app_version, locale, outcome, m59)
      select 2, hour, '', 'of nobody', '', '', 1 from minute_count limit 1`,
    kinds: ['grouped_count'],
  },
]

test('what ingestion wrote agrees with itself, and whatever is broken in it is found', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2', BATCH_MAX_RECORDS: '40' })
  const { sql, config } = deployment
  const { topic } = config.kafka
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  await feed.garbage()
  await feed.logins(300)
  await expectExact(deployment, feed.truth)
  await worker.kill()
  const ask = reconciliationOf(config.database.url, topic)
  const pending = await ask()
  await rollUpCounts(sql, topic)
  const healthy = await ask()
  expect(healthy).toMatchObject({ isConsistent: true, discrepancies: [] })
  expect(pending).toEqual(healthy)
  const { sent, logins, rejects } = feed.truth.totals()
  const total = (field: string) => healthy.partitions.reduce((sum, one) => sum + Number(one[field]), 0)
  expect([total('offsets'), total('attempts'), total('rejects')]).toEqual([sent, logins, rejects])
  expect(healthy.partitions.map(({ ledger }) => ledger)).toMatchObject([{ isEqual: true }, { isEqual: true }])
  for (const { what, broken, kinds } of breakages)
    expect(await kindsWhen(sql, topic, broken), what).toEqual(kinds)
})
