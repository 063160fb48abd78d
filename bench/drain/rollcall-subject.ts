import { Client, Connection } from '@temporalio/client'
import type { Config } from '../../config/config.ts'
import { migrate } from '../../db/schema/migrate.ts'
import { roleArguments } from '../../stack/role-arguments.ts'
import { ingestPartitionId, ingestTopicId } from '../../workflows/contract.ts'
import type { BenchStack } from '../bench-stack.ts'
import { createSubject, subjectEnvironment, type Subject } from './subject.ts'
import { PARTITIONS } from '../topics.ts'

/** Rollcall as `npm run worker` runs it: every table and output on. */
export async function createRollcall(stack: BenchStack, topic: string): Promise<Subject> {
  const environment = subjectEnvironment(stack, 'rollcall', topic)
  return await createSubject(stack, environment, {
    name: 'rollcall',
    prepare: (sql) => migrate(sql),
    launch: () => stack.launch('rollcall', roleArguments('worker'), environment),
    counted: async (sql) => {
      const [row] = await sql<{ logins: number; firstBatchMs: number | null }[]>`
        select coalesce(sum(logins), 0)::float8 as logins,
               (select (extract(epoch from min(processed_at)) * 1000)::float8 from batch) as "firstBatchMs"
        from partition_checkpoint`
      return row ?? { logins: 0, firstBatchMs: null }
    },
    counts: (sql) => sql<{ key: string; logins: number }[]>`
      select concat_ws(' ', to_char(bucket at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), device_type, app_version, locale) as key,
             sum(logins)::float8 as logins
      from (
        select bucket, device_type, app_version, locale, logins from minute_count_entry where dimension_set = 15
        union all
        select bucket, device_type, app_version, locale, logins from login_count_pending
      ) as counts
      group by 1`,
    held: async (sql) => {
      const rows = await sql<{ partitions: number }[]>`
        select count(*)::integer as partitions from partition_checkpoint group by worker order by 1 desc`
      return rows.map(({ partitions }) => partitions)
    },
    cleanUp: (config) => endWorkflows(config),
  })
}

/** Workflow ids come from the topic, which the next round reads again with other databases and groups. */
async function endWorkflows({ temporal, kafka }: Config): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address })
  const client = new Client({ connection, namespace: temporal.namespace })
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) =>
    ingestPartitionId(kafka.topic, partition),
  )
  try {
    for (const id of [ingestTopicId(kafka.topic), ...partitions]) {
      // One that never started needs no end.
      await client.workflow
        .getHandle(id)
        .terminate('the benchmark is over')
        .catch(() => undefined)
    }
  } finally {
    await connection.close()
  }
}
