import { randomBytes } from 'node:crypto'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadConfig } from '../../config/config.ts'
import { createKafka } from '../../kafka/client.ts'
import { addUser, type KafkaSecurity, type ScramUser } from './kafka-security.ts'
import { createPart, type Part, START_TIMEOUT_MS } from './part.ts'
import { HOST } from '../processes/ports.ts'
import { startProcess } from '../processes/process.ts'
import { untilReady } from '../processes/until-ready.ts'

type KafkaOptions = {
  jars: string
  dataFolder: string
  logFolder: string
  port: number
  controllerPort: number
  /** Plaintext without sign-in by default. */
  security?: KafkaSecurity
  /** Whether its JVM compiles with the optimising compiler; false by default. TLS needs it: the other has no instructions for AES. */
  isOptimised?: boolean
  /** The agent that serves its metrics for Prometheus, and on which port; left out: it serves none. */
  metrics?: { agent: string; port: number }
}

const metricsFile = fileURLToPath(new URL('../../deploy/monitoring/kafka-jmx.yml', import.meta.url))

const agentArguments = ({ metrics }: Pick<KafkaOptions, 'metrics'>): string[] =>
  metrics === undefined ? [] : [`-javaagent:${metrics.agent}=${HOST}:${metrics.port}:${metricsFile}`]

/**
 * Creates a Kafka broker that is its own controller (KRaft). It is meant for one machine: internal topics
 * have one replica.
 */
export function createKafkaPart(options: KafkaOptions): Part {
  const { jars, dataFolder, logFolder, port, security, isOptimised = false } = options
  const folder = join(dataFolder, 'kafka')
  const properties = join(folder, 'server.properties')
  const logFile = join(logFolder, 'kafka.log')

  return createPart(
    'kafka',
    async () => {
      mkdirSync(folder, { recursive: true })
      writeFileSync(properties, serverProperties(join(folder, 'log'), options), { mode: 0o600 })
      const meta = join(folder, 'log', 'meta.properties')
      if (!existsSync(meta)) await formatStorage(jars, properties, security?.users ?? [])
      const running = startProcess({
        name: 'Kafka',
        command: 'java',
        args: javaArguments(
          jars,
          'kafka.Kafka',
          [properties],
          [...(security?.virtualMachine ?? []), ...(isOptimised ? [] : QUICK), ...agentArguments(options)],
        ),
        logFile,
        bookFolder: dataFolder,
      })
      await untilReady(running, logFile, START_TIMEOUT_MS, () =>
        askBroker({ KAFKA_BROKERS: `${HOST}:${port}`, ...security?.client }, clusterIdIn(meta)),
      )
      return running
    },
    'SIGTERM',
  )
}

const loggingFile = fileURLToPath(new URL('./kafka-log.properties', import.meta.url))

/**
 * The optimising compiler takes seconds at the start, and then a fifth of a core for minutes, which disturbs
 * measurements.
 */
const QUICK = ['-XX:TieredStopAtLevel=1']

const javaArguments = (
  jars: string,
  mainClass: string,
  args: string[],
  settings: string[] = QUICK,
): string[] => [
  ...settings,
  '-Xmx512m',
  // On a heap this small, G1 takes a third of the CPU that a busy broker uses.
  '-XX:+UseSerialGC',
  `-Dlog4j2.configurationFile=${loggingFile}`,
  '-cp',
  join(jars, '*'),
  mainClass,
  ...args,
]

async function formatStorage(jars: string, properties: string, users: readonly ScramUser[]): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url')
  // With "=": an id may begin with a hyphen, and as a word of its own would be taken for an option.
  const format = ['format', `--cluster-id=${clusterId}`, '-c', properties, ...users.flatMap(addUser)]
  await promisify(execFile)('java', javaArguments(jars, 'kafka.tools.StorageTool', format))
}

const clusterIdIn = (metaFile: string): string | undefined =>
  /^cluster\.id=(.+)$/m.exec(readFileSync(metaFile, 'utf8'))?.[1]

/**
 * @throws when no broker answers, or when another clone's broker does, which may have taken the port
 *   meanwhile
 */
async function askBroker(environment: Record<string, string>, ours: string | undefined): Promise<void> {
  const { kafka } = loadConfig(environment)
  const admin = createKafka(kafka, 'rollcall-stack').admin({ retry: { retries: 0 } })
  try {
    await admin.connect()
    const { clusterId } = await admin.describeCluster()
    if (clusterId !== ours) throw new Error(`another Kafka listens on ${kafka.brokers.join()}`)
  } finally {
    await admin.disconnect()
  }
}

const protocolOf = (security: KafkaSecurity | undefined): string => security?.protocol ?? 'PLAINTEXT'

const serverProperties = (logFolder: string, { port, controllerPort, security }: KafkaOptions): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${HOST}:${controllerPort}`,
    listeners: `${protocolOf(security)}://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}`,
    'advertised.listeners': `${protocolOf(security)}://${HOST}:${port}`,
    'security.inter.broker.protocol': protocolOf(security),
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logFolder,
    'auto.create.topics.enable': false,
    'message.max.bytes': 8 * 1024 * 1024,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    // The broker starts faster than with the default of 50 partitions.
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.num.partitions': 5,
    'group.initial.rebalance.delay.ms': 0,
    ...security?.settings,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
