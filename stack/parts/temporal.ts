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
}

/** One that finds its port taken has ended by then; an earlier answer may be that of another clone's server. */
const SETTLE_MS = 500
const typeNames = { KEYWORD: 'Keyword', INT: 'Int' } as const

/** Temporal's development server with its Web UI; it keeps everything in one file. */
export function createTemporalPart({ binary, dataFolder, logFolder, port, uiPort }: TemporalOptions): Part {
  const logFile = join(logFolder, 'temporal.log')
  const attributes = Object.entries(searchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${typeNames[type]}`,
  ])
  const args = [
    'server',
    'start-dev',
    '--ip',
    HOST,
    '--port',
    String(port),
    '--ui-port',
    String(uiPort),
    '--log-level',
    'error',
  ]
  return createPart(
    'temporal',
    async () => {
      mkdirSync(dataFolder, { recursive: true })
      const running = startProcess({
        name: 'Temporal',
        command: binary,
        args: [...args, '--db-filename', join(dataFolder, 'temporal.db'), ...attributes],
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
