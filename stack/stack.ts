import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Encryption, prepareEncryption } from './encryption.ts'
import { downloadKafka, downloadKafkaAgent, downloadTemporal, type Say } from './parts/downloads.ts'
import { createKafkaPart } from './parts/kafka.ts'
import type { Part } from './parts/part.ts'
import { endWithParent } from './processes/end-with-parent.ts'
import { guardFolder } from './processes/guard-folder.ts'
import { freePort, HOST } from './processes/ports.ts'
import { createPostgresParts, postgresUrl } from './parts/postgres.ts'
import { endLeftovers, lockFolder } from './processes/process-book.ts'
import { writeDown } from './processes/process.ts'
import { startOnFreePorts } from './start-on-free-ports.ts'
import { createTemporalPart } from './parts/temporal.ts'
import type { TlsProxy } from './parts/tls-proxy.ts'

type StackOptions = {
  /** The folder for all data. It stays between runs unless the caller removes it. */
  dataFolder: string
  logFolder: string
  say: Say
  /** Called with how far a download is; `say` by default. */
  progress?: Say
  /**
   * Whether to use the usual ports, where people expect the parts, as far as they are free; otherwise any
   * free ports.
   */
  usualPorts: boolean
  /**
   * Whether Postgres and Temporal wait for the disk, so that what they wrote outlives a crash of the machine; true by default. It
   * outlives a crash of theirs in any case.
   */
  isDurable?: boolean
  /** Whether every part speaks TLS and demands client certificates; false by default. */
  isEncrypted?: boolean
  /** Whether the broker's JVM optimises what it compiles, as that of an encrypted one always does; false by default. */
  isBrokerOptimised?: boolean
  /** Whether Kafka and Temporal serve metrics for Prometheus; false by default. */
  isMeasured?: boolean
  /** Environment variables, which may name parts that run elsewhere: those are not started. */
  environment: Record<string, string | undefined>
}

export type Stack = {
  /** The parts that were started here, by name: kafka, temporal, postgres, replica. */
  parts: Map<string, Part>
  /** The environment variables with which a process finds the parts. */
  environment: Record<string, string>
  /** The URL of the Web UI of the Temporal that was started here; null: Temporal runs elsewhere. */
  temporalUi: string | null
  /** Where parts that were started here serve metrics, by name: `kafka` and `temporal`; none if it was not asked for. */
  metrics: Record<string, string>
  stop: () => Promise<void>
}

/** The folder in which this clone keeps downloads for all its stacks. */
export const partsFolder = fileURLToPath(new URL('../.rollcall/parts', import.meta.url))

export const usualPartPorts = {
  kafka: 9092,
  controller: 9093,
  temporal: 7233,
  temporalUi: 8233,
  postgres: 5432,
  replica: 5433,
  kafkaMetrics: 4103,
  temporalMetrics: 4104,
}

/**
 * Starts a Kafka broker, a Temporal server with its Web UI, and a Postgres primary with a streaming replica
 * on loopback, except those that the environment names. Replaces ports that are taken by free ones. The parts
 * end with this process, however it ends; and this process gets a SIGTERM when the npm that runs it is gone.
 * @throws when another process uses the data folder, a download fails, or a part does not start; then nothing
 *   stays running
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const unlock = lockFolder(options.dataFolder)
  const parts = new Map<string, Part>()
  const proxies: TlsProxy[] = []
  const stop = async () => {
    for (const proxy of proxies) proxy.close()
    // The replica first: otherwise it would log that its primary is gone.
    await parts.get('replica')?.stop()
    await Promise.all([...parts.values()].map((part) => part.stop()))
    // Ends parts that were just being started.
    endLeftovers(options.dataFolder)
    unlock()
  }
  try {
    endLeftovers(options.dataFolder)
    guardFolder(options.dataFolder)
    endWithParent()
    const encryption =
      options.isEncrypted === true ? await prepareEncryption(join(options.dataFolder, 'tls')) : null
    const port = (name: keyof typeof usualPartPorts) =>
      freePort(options.usualPorts ? usualPartPorts[name] : 0)
    const metrics = options.isMeasured === true ? {} : null
    const starting = [
      startKafka(options, port, parts, encryption, metrics),
      startTemporal(options, port, parts, encryption, proxies, metrics),
      startPostgres(options, port, parts, encryption),
    ] as const
    // Waits until every part has started or failed, before a failure stops the others.
    await Promise.allSettled(starting)
    const [kafka, temporal, postgres] = await Promise.all(starting)
    return {
      parts,
      environment: { ...encryption?.environment, ...kafka, ...temporal.environment, ...postgres },
      temporalUi: temporal.ui,
      metrics: metrics ?? {},
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function register(parts: Map<string, Part>, ...made: Part[]): Part[] {
  for (const part of made) parts.set(part.name, part)
  return made
}

/** Where parts serve metrics, by name; null: they do not. */
type Metrics = Record<string, string> | null

const metricsUrl = (port: number) => `http://${HOST}:${port}/metrics`

type Port = (name: keyof typeof usualPartPorts) => Promise<number>

async function startKafka(
  { environment, say, progress = say, dataFolder, logFolder, isBrokerOptimised = false }: StackOptions,
  port: Port,
  parts: Map<string, Part>,
  encryption: Encryption | null,
  metrics: Metrics,
) {
  if (environment['KAFKA_BROKERS']) return { KAFKA_BROKERS: environment['KAFKA_BROKERS'] }
  const writeDownloader = (child: ChildProcess) => {
    writeDown(dataFolder, child)
  }
  const jars = await downloadKafka(partsFolder, progress, writeDownloader)
  const agent = metrics === null ? null : await downloadKafkaAgent(partsFolder, progress, writeDownloader)
  const [brokerPort, , metricsPort] = await startOnFreePorts(
    async () =>
      [await port('kafka'), await port('controller'), agent === null ? 0 : await port('kafkaMetrics')] as [
        number,
        number,
        number,
      ],
    ([broker, controller, metricsPort]) => {
      const part = createKafkaPart({
        jars,
        dataFolder,
        logFolder,
        port: broker,
        controllerPort: controller,
        isOptimised: isBrokerOptimised || encryption !== null,
        ...(encryption === null ? {} : { security: encryption.kafka }),
        ...(agent === null ? {} : { metrics: { agent, port: metricsPort } }),
      })
      return register(parts, part)
    },
  )
  if (metrics !== null) metrics['kafka'] = metricsUrl(metricsPort)
  say(`Kafka is up on ${HOST}:${brokerPort}`)
  return { KAFKA_BROKERS: `${HOST}:${brokerPort}` }
}

async function startTemporal(
  { environment, say, progress = say, dataFolder, logFolder, isDurable = true }: StackOptions,
  port: Port,
  parts: Map<string, Part>,
  encryption: Encryption | null,
  proxies: TlsProxy[],
  metrics: Metrics,
) {
  if (environment['TEMPORAL_ADDRESS'])
    return { environment: { TEMPORAL_ADDRESS: environment['TEMPORAL_ADDRESS'] }, ui: null }
  const binary = await downloadTemporal(partsFolder, progress, (child) => {
    writeDown(dataFolder, child)
  })
  const [serverPort, uiPort, metricsPort] = await startOnFreePorts(
    // Before a server that is encrypted stands a proxy on the usual port.
    async () =>
      [
        encryption === null ? await port('temporal') : await freePort(0),
        await port('temporalUi'),
        metrics === null ? 0 : await port('temporalMetrics'),
      ] as [number, number, number],
    ([server, ui, metricsPort]) => {
      const part = createTemporalPart({
        ...{ binary, dataFolder, logFolder, isDurable },
        port: server,
        uiPort: ui,
        ...(metrics === null ? {} : { metricsPort }),
      })
      return register(parts, part)
    },
  )
  if (metrics !== null) metrics['temporal'] = metricsUrl(metricsPort)
  const proxy = await encryption?.proxyTemporal(serverPort, await port('temporal'))
  if (proxy !== undefined) proxies.push(proxy)
  // Not by its IP address, which is no server name of TLS.
  const address = proxy === undefined ? `${HOST}:${serverPort}` : `localhost:${proxy.port}`
  say(`Temporal is up on ${address}`)
  return { environment: { TEMPORAL_ADDRESS: address }, ui: `http://${HOST}:${uiPort}` }
}

async function startPostgres(
  { environment, say, dataFolder, logFolder, isDurable = true }: StackOptions,
  port: Port,
  parts: Map<string, Part>,
  encryption: Encryption | null,
) {
  const { DATABASE_URL, DATABASE_REPLICA_URLS = '' } = environment
  if (DATABASE_URL) return { DATABASE_URL, DATABASE_REPLICA_URLS }
  const [primaryPort, replicaPort] = await startOnFreePorts(
    async () => [await port('postgres'), await port('replica')] as [number, number],
    ([first, second]) => {
      const servers = createPostgresParts({
        ...{ dataFolder, logFolder, isDurable },
        port: first,
        replicaPort: second,
        ...(encryption === null ? {} : { security: encryption.postgres }),
      })
      return register(parts, servers.primary, servers.replica)
    },
  )
  const urlOf = (port: number) => postgresUrl(port, undefined, encryption?.postgres.parameters)
  say(`Postgres is up on ${HOST}:${primaryPort}, its replica on ${HOST}:${replicaPort}`)
  return {
    DATABASE_URL: urlOf(primaryPort),
    DATABASE_REPLICA_URLS: DATABASE_REPLICA_URLS || urlOf(replicaPort),
  }
}
