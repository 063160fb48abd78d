import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { loadProcessConfig } from '../config/environment.ts'
import { createLogger } from '../config/logger.ts'
import { createKafka } from '../kafka/client.ts'
import { createLoginProducer, type LoginRecord } from '../kafka/login-producer.ts'
import { generate } from './generate.ts'
import { createLoginSource } from './login-source.ts'
import { Scenario } from './scenario.ts'

/** The users stay the same from run to run. */
const POOL_SEED = 2024
/** A broker that is away must not hold up Ctrl-C. */
const CLOSE_MS = 500
/** How long it takes until every user of the mixed scenario has the new version. */
const ROLL_OUT_MS = 60 * 60_000
/** Not the time: generators that are started together must not send the same logins. */
const stream = randomInt(2 ** 32)

const { kafka, generator, logLevel } = loadProcessConfig()
const log = createLogger(logLevel, 'generator')
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    stop.abort(name)
  })
}

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

log.info({ topic: kafka.topic, ...generator }, 'generating logins')
const sent = await generate(generator.scenario === 'mixed' ? mixed() : original(), producer, {
  ratePerSecond: generator.ratePerSecond,
  log,
  signal: stop.signal,
})
await Promise.race([producer.close(), setTimeout(CLOSE_MS)])
log.info({ sent, signal: String(stop.signal.reason) }, 'stopped')
process.exit(0)

function original(): (dueMs: number) => LoginRecord[] {
  const source = createLoginSource({ seed: POOL_SEED, users: generator.users, stream })
  return (dueMs) => {
    const { key, value } = source.next(Math.floor(dueMs / 1000))
    return [{ key: Buffer.from(key), value: Buffer.from(value) }]
  }
}

function mixed(): (dueMs: number) => LoginRecord[] {
  const startMs = Date.now()
  const options = {
    seed: POOL_SEED,
    users: generator.users,
    stream,
    startMs,
    rollOutMs: ROLL_OUT_MS,
  }
  const scenario = new Scenario(options)
  return (dueMs) => scenario.at(dueMs).map(({ key, value }) => ({ key: Buffer.from(key), value }))
}
