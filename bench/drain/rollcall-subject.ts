import { migrate } from '../../db/schema/migrate.ts'
import { roleArguments } from '../../stack/role-arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Input } from '../program.ts'
import { endWorkflows } from './end-workflows.ts'
import { createSubject, subjectEnvironment, type Subject } from './subject.ts'

/** Creates Rollcall as a subject, as `npm run worker` runs it: with all tables and outputs. */
export async function createRollcall(stack: BenchStack, input: Input): Promise<Subject> {
  const environment = subjectEnvironment(stack, 'rollcall', input)
  return await createSubject(stack, environment, {
    name: 'rollcall',
    prepare: (sql) => migrate(sql),
    launch: () => stack.launch('rollcall', roleArguments('worker'), environment),
    launchApi: (port) =>
      stack.launch('api', roleArguments('api'), { ...environment, API_PORT: String(port) }),
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
