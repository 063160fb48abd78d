import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { searchAttributes } from '../../workflows/contract.ts'
import { createPart, type Part, START_TIMEOUT_MS } from './part.ts'
import { HOST } from '../processes/ports.ts'
import { startProcess } from '../processes/process.ts'
import { untilReady } from '../processes/until-ready.ts'

type TemporalOptions = {
  binary: string
  dataFolder: string
  logFolder: string
  port: number
  uiPort: number
  /** Where it serves its metrics for Prometheus; left out: on a port of its own choice. */
  metricsPort?: number
  /** Whether it waits for the disk, so that its data outlives a crash of the machine; true by default. */
  isDurable?: boolean
}

/**
 * A server whose port is taken ends within this time: an earlier answer may come from another clone's server.
 */
const SETTLE_MS = 500
/** With these, the server tells workers which activities were cancelled, as in docker-compose.yml. */
const SETTINGS = ['frontend.WorkerCommandsEnabled', 'system.enableCancelActivityWorkerCommand']
/** Settings of SQLite with which a workflow starts in a quarter of the time: it does not wait for the disk. */
const NOT_DURABLE = ['synchronous=0', 'journal_mode=wal']
/** It then collects garbage a quarter as often, for two and a half times the memory (https://go.dev/doc/gc-guide#GOGC). */
const SELDOM_COLLECTING = { GOGC: '400' }
const typeNames = { KEYWORD: 'Keyword', INT: 'Int' } as const

/** Creates Temporal's development server with its Web UI. It keeps all its data in one file. */
export function createTemporalPart(options: TemporalOptions): Part {
  const { binary, dataFolder, logFolder, port, isDurable = true } = options
  const logFile = join(logFolder, 'temporal.log')
  return createPart(
    'temporal',
    async () => {
      mkdirSync(dataFolder, { recursive: true })
      const running = startProcess({
        name: 'Temporal',
        command: binary,
        args: serverArguments(options),
        // What need not last is for tests, of which many run on a machine.
        env: isDurable ? {} : SELDOM_COLLECTING,
        logFile,
        bookFolder: dataFolder,
      })
      await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
        await sleep(SETTLE_MS)
        const connection = await Connection.connect({ address: `${HOST}:${port}`, connectTimeout: '1s' })
        await connection.workflowService
          .describeNamespace({ namespace: 'default' })
          .finally(() => connection.close())
      })
      return running
    },
    'SIGTERM',
  )
}

function serverArguments({
  dataFolder,
  port,
  uiPort,
  metricsPort,
  isDurable = true,
}: TemporalOptions): string[] {
  const metrics = metricsPort === undefined ? [] : ['--metrics-port', String(metricsPort)]
  const addresses = ['--ip', HOST, '--port', String(port), '--ui-port', String(uiPort), ...metrics]
  const attributes = Object.entries(searchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${typeNames[type]}`,
  ])
  const settings = SETTINGS.flatMap((name) => ['--dynamic-config-value', `${name}=true`])
  const pragmas = isDurable ? [] : NOT_DURABLE.flatMap((pragma) => ['--sqlite-pragma', pragma])
  const database = ['--db-filename', join(dataFolder, 'temporal.db'), ...pragmas]
  const rest = [...database, ...attributes, ...settings]
  return ['server', 'start-dev', ...addresses, '--log-level', 'error', ...rest]
}
