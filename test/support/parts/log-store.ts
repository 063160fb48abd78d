import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { freePort, HOST } from '../../../stack/processes/ports.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { untilReady } from '../../../stack/processes/until-ready.ts'
import { buildCollector, goInstall } from './go-programs.ts'
import { logsIn } from './own-folder.ts'

const START_TIMEOUT_MS = 30_000
const MODULE = 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs'
const VERSION = 'v1.52.1'
const config = fileURLToPath(new URL('../../../deploy/logging/collector.yaml', import.meta.url))

/** A line that the store has, with its fields as texts. */
export type StoredLine = Record<string, string>

export type LogStore = {
  /** Of VictoriaLogs. */
  url: string
  /** The lines that match a query in LogsQL. */
  find: (query: string) => Promise<StoredLine[]>
}

/** Builds what ships and keeps logs; once, which takes minutes. */
export async function buildLogParts(): Promise<void> {
  await buildCollector()
  await victoriaLogs()
}

const victoriaLogs = async () => join(await goInstall('victoria-logs', MODULE, VERSION), 'victoria-logs')

/** A VictoriaLogs for the time of the test. */
export async function startLogStore(folder: string): Promise<LogStore> {
  const port = await freePort(0)
  const url = `http://${HOST}:${port}`
  const args = [`-httpListenAddr=${HOST}:${port}`, `-storageDataPath=${join(folder, 'victoria-logs')}`]
  await start(folder, 'victoria-logs', await victoriaLogs(), args, {}, `${url}/health`)
  const find = async (query: string) => {
    const asked = new URLSearchParams({ query: `_time:7d ${query}`, limit: '1000' })
    const answer = await fetch(`${url}/select/logsql/query`, { method: 'POST', body: asked })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as StoredLine)
  }
  return { url, find }
}

/**
 * The OpenTelemetry Collector with deploy/logging/collector.yaml, for the time of the test.
 * @param logs where the logs of each component are
 */
export async function startCollector(
  folder: string,
  { url }: LogStore,
  logs: Record<'ROLLCALL_LOGS' | 'KAFKA_LOGS' | 'POSTGRES_LOGS' | 'TEMPORAL_LOGS', string>,
): Promise<void> {
  const health = `${HOST}:${await freePort(0)}`
  const environment = {
    ...logs,
    ...{ COLLECTOR_HEALTH: health, COLLECTOR_STATE: join(folder, 'collector') },
    LOGS_ENDPOINT: `${url}/insert/opentelemetry/v1/logs`,
  }
  await start(
    folder,
    'collector',
    await buildCollector(),
    ['--config', config],
    environment,
    `http://${health}/`,
  )
}

async function start(
  folder: string,
  name: string,
  command: string,
  args: string[],
  env: Record<string, string>,
  health: string,
): Promise<void> {
  const logFile = join(logsIn(folder), `${name}.log`)
  const running = startProcess({ name, command, args, env, logFile, bookFolder: folder })
  onTestFinished(() => running.stop('SIGKILL', 0))
  await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
    if (!(await fetch(health)).ok) throw new Error('it does not answer yet')
  })
}
