import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { downloadKafka } from '../../../stack/parts/downloads.ts'
import { partsFolder } from '../../../stack/stack.ts'
import type { Deployment } from '../deployment/deployment.ts'

export type JavaProducerOptions = {
  codec: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** Of one record batch before it is compressed. */
  batchBytes: number
}

/** Sends a record a line to the input topic with Kafka's own Java producer, and waits until all are acknowledged. */
export async function produceWithJava(
  { config }: Deployment,
  lines: readonly string[],
  { codec, batchBytes }: JavaProducerOptions,
): Promise<void> {
  const jars = await downloadKafka(partsFolder, () => undefined)
  const logging = fileURLToPath(new URL('../../../stack/parts/kafka-log.properties', import.meta.url))
  const options = {
    'bootstrap-server': config.kafka.brokers.join(),
    topic: config.kafka.topic,
    'compression-codec': codec,
    'batch-size': batchBytes,
    'max-memory-bytes': 2 * batchBytes,
    // Longer than all lines take: a batch goes when it is full, and the last one at the end of the input.
    timeout: 10_000,
    'command-property': `max.request.size=${2 * batchBytes}`,
  }
  const child = spawn('java', [
    '-XX:TieredStopAtLevel=1',
    `-Dlog4j2.configurationFile=${logging}`,
    ...['-cp', join(jars, '*'), 'org.apache.kafka.tools.ConsoleProducer'],
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ])
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const { promise, resolve } = Promise.withResolvers<number | null>()
  child.once('exit', resolve)
  // It goes on after a record that it could not send, and says so.
  if ((await promise) !== 0 || said.includes('ERROR')) throw new Error(`Kafka's producer failed: ${said}`)
}
