import { randomBytes } from 'node:crypto'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadConfig } from '../../config/config.ts'
import { createKafka } from '../../kafka/client.ts'
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
}

/**
 * Creates a Kafka broker that is its own controller (KRaft). It is meant for one machine: internal topics
 * have one replica.
 */
export function createKafkaPart({ jars, dataFolder, logFolder, port, controllerPort }: KafkaOptions): Part {
  const folder = join(dataFolder, 'kafka')
  const properties = join(folder, 'server.properties')
  const logFile = join(logFolder, 'kafka.log')

  return createPart(
    'kafka',
    async () => {
      mkdirSync(folder, { recursive: true })
      writeFileSync(properties, serverProperties(join(folder, 'log'), port, controllerPort))
      const meta = join(folder, 'log', 'meta.properties')
      if (!existsSync(meta)) await formatStorage(jars, properties)
      const running = startProcess({
        name: 'Kafka',
        command: 'java',
        args: javaArguments(jars, 'kafka.Kafka', [properties]),
        logFile,
        bookFolder: dataFolder,
      })
      await untilReady(running, logFile, START_TIMEOUT_MS, () => askBroker(port, clusterIdIn(meta)))
      return running
    },
    'SIGTERM',
  )
}

const loggingFile = fileURLToPath(new URL('./kafka-log.properties', import.meta.url))

const javaArguments = (jars: string, mainClass: string, args: string[]): string[] => [
  '-Xmx512m',
  // On a heap this small, G1 takes a third of the CPU that a busy broker uses.
  '-XX:+UseSerialGC',
  // The optimising compiler takes seconds at the start, and then a fifth of a core for minutes, which
  // disturbs measurements.
  '-XX:TieredStopAtLevel=1',
  `-Dlog4j2.configurationFile=${loggingFile}`,
  '-cp',
  join(jars, '*'),
  mainClass,
  ...args,
]

async function formatStorage(jars: string, properties: string): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url')
  // With "=": an id may begin with a hyphen, and as a word of its own would be taken for an option.
  const format = ['format', `--cluster-id=${clusterId}`, '-c', properties]
  await promisify(execFile)('java', javaArguments(jars, 'kafka.tools.StorageTool', format))
}

const clusterIdIn = (metaFile: string): string | undefined =>
  /^cluster\.id=(.+)$/m.exec(readFileSync(metaFile, 'utf8'))?.[1]

/**
 * @throws when no broker answers, or when another clone's broker does, which may have taken the port
 *   meanwhile
 */
async function askBroker(port: number, ours: string | undefined): Promise<void> {
  const admin = createKafka(loadConfig({ KAFKA_BROKERS: `${HOST}:${port}` }).kafka, 'rollcall-stack').admin({
    retry: { retries: 0 },
  })
  try {
    await admin.connect()
    const { clusterId } = await admin.describeCluster()
    if (clusterId !== ours) throw new Error(`another Kafka listens on port ${port}`)
  } finally {
    await admin.disconnect()
  }
}

const serverProperties = (logFolder: string, port: number, controllerPort: number): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${HOST}:${controllerPort}`,
    listeners: `PLAINTEXT://${HOST}:${port},CONTROLLER://${HOST}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${HOST}:${port}`,
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
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
