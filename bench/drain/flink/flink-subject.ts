import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../../config/config.ts'
import { createTopicOffsets } from '../../../kafka/topics/topic-offsets.ts'
import type { BenchStack } from '../../bench-stack.ts'
import { PARTITIONS } from '../../topics.ts'
import { createSubject, subjectEnvironment, type Subject } from '../subject.ts'
import { flinkTables, readCounts, readTotals, readUserDays } from './flink-tables.ts'

/** `users`: with a row per user and day beside the counts; `counts`: with counts alone. */
export type FlinkVariant = 'users' | 'counts'

/** Creates LoginPipeline.java as a subject. @param program the arguments with which `java` runs it */
export async function createFlink(
  stack: BenchStack,
  topic: string,
  variant: FlinkVariant,
  program: string[],
): Promise<Subject> {
  const name = `flink-${variant}`
  const usual = subjectEnvironment(stack, name, topic)
  const folder = join(stack.dataFolder, usual['KAFKA_GROUP_ID'] ?? name)
  const environment = {
    ...usual,
    JDBC_URL: jdbcUrl(usual['DATABASE_URL'] ?? ''),
    CHECKPOINT_FOLDER: join(folder, 'checkpoints'),
  }
  mkdirSync(folder)
  const { kafka } = loadConfig(environment)
  const output = createTopicOffsets({ ...kafka, topic: kafka.processedTopic }, 'rollcall-bench')
  const hasUsers = variant === 'users'
  return await createSubject(stack, environment, {
    name,
    prepare: (sql) => sql.unsafe(flinkTables),
    launch: () =>
      stack.launch(name, [`-Djava.io.tmpdir=${folder}`, ...program, variant], environment, 'java'),
    counts: readCounts,
    ...(hasUsers ? { userDays: readUserDays } : {}),
    isSettled: async (sql, events) => {
      const { counted, ofUsers } = await readTotals(sql)
      if (counted !== events || (hasUsers && ofUsers !== events)) return false
      // Flink commits its group before its transactions, or while it does: by then they hold all records.
      const logs = await output.read(kafka.processedTopic)
      return logs.every(({ end, stableEnd }) => end === stableEnd)
    },
    held: () => Promise.resolve([PARTITIONS]),
    cleanUp: async () => {
      await output.close()
      rmSync(folder, { recursive: true, force: true })
    },
  })
}

/**
 * Writes the URL of a database as Java has it, with the option that its driver sends rows of a batch in one
 * statement.
 */
export function jdbcUrl(databaseUrl: string): string {
  const { host, pathname, username, password } = new URL(databaseUrl)
  const options = new URLSearchParams({ user: decodeURIComponent(username) })
  if (password !== '') options.set('password', decodeURIComponent(password))
  options.set('reWriteBatchedInserts', 'true')
  return `jdbc:postgresql://${host}${pathname}?${options.toString()}`
}
