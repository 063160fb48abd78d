import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { loadConfig } from '../../../config/config.ts'
import { migrateDatabase } from '../../../db/schema/migrate-database.ts'
import { ensureTopics } from '../../../kafka/topics/topics.ts'
import { metricsPorts } from '../../../scripts/metrics-ports.ts'
import { fetchDebian } from '../../../stack/parts/debian-packages.ts'
import { freePort, HOST, isFree } from '../../../stack/processes/ports.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { partsFolder, startStack } from '../../../stack/stack.ts'
import { type RoleProcess, startRole } from '../deployment/role-process.ts'
import { eventually } from '../eventually.ts'
import { openFolder } from '../parts/own-folder.ts'
import { scrapePort } from './scrape.ts'

/** What Prometheus scrapes of a site. */
export type Target = 'api' | 'worker' | 'temporalSdk' | 'kafka' | 'temporal' | 'postgres'

export type MeasuredWorld = {
  ports: Record<Target, number>
  /** The API, so that it can be asked. */
  api: RoleProcess
  /** What every target serves at this moment. */
  scrapeAll: () => Promise<Record<Target, string>>
  close: () => Promise<void>
}

/**
 * Starts Kafka, Temporal, Postgres, its exporter of Debian, a worker, an API and a generator, each with its metrics, as
 * `npm start -- --metrics` does.
 */
export async function startMeasuredWorld(): Promise<MeasuredWorld> {
  const { folder, close: removeFolder } = openFolder()
  const [dataFolder, logFolder] = [join(folder, 'data'), join(folder, 'log')]
  const closers: (() => unknown)[] = [removeFolder]
  const close = async () => {
    for (const end of closers.reverse()) await end()
  }
  try {
    const stack = await startStack({
      ...{ dataFolder, logFolder, usualPorts: false, isDurable: false, isMeasured: true },
      ...{ environment: {}, say: () => undefined },
    })
    closers.push(stack.stop)
    const config = loadConfig(stack.environment)
    await Promise.all([ensureTopics(config.kafka), migrateDatabase(config.database)])
    const own = await metricsPorts({ ...config.metrics, api: null, worker: null, temporal: null })
    const start = (entry: string) => {
      const file = fileURLToPath(new URL(`../../../${entry}`, import.meta.url))
      const role = startRole(file, { WORKER_PORT: '0', API_PORT: '0', ...stack.environment, ...own })
      closers.push(role.kill)
      return role
    }
    start('worker/main.ts')
    start('generator/main.ts')
    const api = start('api/main.ts')
    const postgres = await freePort(0)
    const exporter = startProcess({
      name: 'exporter of Postgres',
      command: join(
        await fetchDebian(partsFolder, ['prometheus-postgres-exporter']),
        'usr/bin/prometheus-postgres-exporter',
      ),
      // That collector of Debian's version reads columns that Postgres 17 moved.
      args: [`--web.listen-address=${HOST}:${postgres}`, '--no-collector.bgwriter'],
      env: { DATA_SOURCE_NAME: `${config.database.url}?sslmode=disable` },
      logFile: join(logFolder, 'exporter.log'),
      bookFolder: dataFolder,
    })
    closers.push(() => exporter.stop('SIGKILL', 0))
    const portOf = (part: string) => Number(new URL(stack.metrics[part] ?? '').port)
    const ports = {
      ...{ api: Number(own.API_METRICS_PORT), worker: Number(own.WORKER_METRICS_PORT) },
      ...{ temporalSdk: Number(own.TEMPORAL_METRICS_PORT), postgres },
      ...{ kafka: portOf('kafka'), temporal: portOf('temporal') },
    }
    await eventually(async () => {
      for (const port of Object.values(ports)) expect(await isFree(port)).toBe(false)
    })
    const scrapeAll = async () => {
      const scrapes = Object.entries(ports).map(async ([target, port]) => [target, await scrapePort(port)])
      return Object.fromEntries(await Promise.all(scrapes)) as Record<Target, string>
    }
    return { ports, api, scrapeAll, close }
  } catch (error) {
    await close()
    throw error
  }
}
