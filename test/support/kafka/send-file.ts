import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { createDeployment, type Deployment } from '../deployment/deployment.ts'
import { readTopic } from './read-topic.ts'
import type { RoleProcess } from '../deployment/role-process.ts'

/** `npm run generate -- --from FILE` on a topic of its own. */
export type FileSending = {
  deployment: Deployment
  /** Writes a file to be sent, and returns its path. */
  write: (name: string, content: string | Buffer) => string
  start: (args: string[], extra?: Record<string, string>) => RoleProcess
  /** Starts it and waits for its end. */
  run: (args: string[], extra?: Record<string, string>) => Promise<{ code: number | string; said: string }>
  /** The values that the topic holds, in alphabetical order. */
  values: () => Promise<string[]>
}

export async function createFileSending(): Promise<FileSending> {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const folder = mkdtempSync(join(inject('runFolder'), 'files-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const start: FileSending['start'] = (args, extra = {}) =>
    deployment.start('generator/main.ts', extra, ['--from', ...args])
  return {
    deployment,
    start,
    write: (name, content) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    },
    run: async (args, extra) => {
      const role = start(args, extra)
      return { code: await role.exited, said: saidBy(role) }
    },
    values: async () => {
      const records = await readTopic(deployment.kafka, deployment.config.kafka.topic)
      return records.map(({ value }) => String(value)).sort()
    },
  }
}

export const saidBy = (role: RoleProcess): string =>
  role
    .log()
    .map(({ text }) => String(text))
    .join('\n')

/** Lines that Kafka acknowledged, as the position beside the file says. */
export function sentOf(file: string): number {
  const { sent } = JSON.parse(readFileSync(`${file}.position`, 'utf8')) as { sent: number }
  return sent
}
