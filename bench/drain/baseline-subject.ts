import { baselineTables } from './baseline-counts.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Input } from '../program.ts'
import { createSubject, subjectEnvironment, type Subject } from './subject.ts'

/** Creates the plain program of baseline.ts as a subject. It runs in one process, as Rollcall does. */
export async function createBaseline(stack: BenchStack, input: Input): Promise<Subject> {
  const environment = subjectEnvironment(stack, 'baseline', input)
  return await createSubject(stack, environment, {
    name: 'baseline',
    prepare: (sql) => sql.unsafe(baselineTables),
    launch: () => stack.launch('baseline', ['bench/drain/baseline.ts'], environment),
    counts: (sql) => sql<{ key: string; logins: number }[]>`
      select concat_ws(' ', to_char(minute at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), device_type, app_version, locale) as key,
             sum(logins)::float8 as logins
      from login_count group by 1`,
    held: () => Promise.resolve([input.partitions]),
    // Nothing to end: its group and its producers expire in the broker.
    cleanUp: () => Promise.resolve(),
  })
}
