import { setTimeout } from 'node:timers/promises'
import { loadProcessConfig } from '../config/environment.ts'
import { createLogger } from '../config/logger.ts'
import { createKafka } from '../kafka/client.ts'
import { createLoginProducer } from '../kafka/login-producer.ts'
import { generate } from './generate.ts'
import { createLoginSource } from './login-source.ts'

/** The users stay the same from run to run. */
const POOL_SEED = 2024
/** A broker that is away must not hold up Ctrl-C. */
const CLOSE_MS = 500

const { kafka, generator, logLevel } = loadProcessConfig()
const log = createLogger(logLevel, 'generator')
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    stop.abort(name)
  })
}

const source = createLoginSource({ seed: POOL_SEED, users: generator.users, stream: Date.now() })
const producer = createLoginProducer(createKafka(kafka, 'rollcall-generator'), {
  topic: kafka.topic,
  signal: stop.signal,
  onOutage: (err) => {
    log.warn({ err }, 'Kafka is away; waiting')
  },
  onRecovery: (outageMs) => {
    log.info({ outageMs }, 'Kafka is back; catching up')
  },
})

log.info(
  { topic: kafka.topic, ratePerSecond: generator.ratePerSecond, users: generator.users },
  'generating logins',
)
const sent = await generate(source, producer, {
  ratePerSecond: generator.ratePerSecond,
  log,
  signal: stop.signal,
})
await Promise.race([producer.close(), setTimeout(CLOSE_MS)])
log.info({ sent, signal: String(stop.signal.reason) }, 'stopped')
process.exit(0)
