import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchStack } from '../../bench-stack.ts'
import type { Input } from '../../program.ts'
import { createSubject, subjectEnvironment, type Subject } from '../subject.ts'
import { watchFlink } from './flink-progress.ts'
import { flinkTables, readCounts, readUserDays, type FlinkVariant } from './flink-tables.ts'

/** Creates LoginPipeline.java as a subject. @param program the arguments with which `java` runs it */
export async function createFlink(
  stack: BenchStack,
  input: Input,
  variant: FlinkVariant,
  program: string[],
): Promise<Subject> {
  const name = `flink-${variant}`
  const usual = subjectEnvironment(stack, name, input)
  const folder = join(stack.dataFolder, usual['KAFKA_GROUP_ID'] ?? name)
  const environment = {
    ...usual,
    JDBC_URL: jdbcUrl(usual['DATABASE_URL'] ?? ''),
    CHECKPOINT_FOLDER: join(folder, 'checkpoints'),
  }
  const javaArguments = [`-Djava.io.tmpdir=${folder}`, ...program, variant]
  mkdirSync(folder)
  return await createSubject(stack, environment, {
    name,
    prepare: (sql) => sql.unsafe(flinkTables),
    launch: () => stack.launch(name, javaArguments, environment, 'java'),
    watch: (sql, config, events) => watchFlink(sql, config, variant, events),
    counts: readCounts,
    ...(variant === 'users' ? { userDays: readUserDays } : {}),
    held: () => Promise.resolve([input.partitions]),
    cleanUp: () => {
      rmSync(folder, { recursive: true, force: true })
      return Promise.resolve()
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
