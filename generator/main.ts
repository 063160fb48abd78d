import { randomInt } from 'node:crypto'
import { constants } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { loadProcessConfig, userFolder } from '../config/environment.ts'
import { createLogger } from '../config/logger.ts'
import { logNodeFaults } from '../config/node-faults.ts'
import { createScreen } from '../cli/screen.ts'
import { createKafka } from '../kafka/client.ts'
import { createLoginProducer, type LoginProducer, type LoginRecord } from '../kafka/write/login-producer.ts'
import { StoppedError } from '../concurrency/unless-aborted.ts'
import { type Command, parseArguments, type SendOptions, usage } from './arguments.ts'
import { sendFile } from './from-file/send-file.ts'
import { generate } from './generate.ts'
import { createLoginSource } from './login-source.ts'
import { Scenario } from './scenario.ts'

/** The users stay the same from run to run. */
const POOL_SEED = 2024
/** A broker that is away must not delay the end after Ctrl-C for longer. */
const CLOSE_MS = 500
/** After Ctrl-C, lines under way are waited for this long: longer than a working broker ever takes. */
const LAST_ANSWER_MS = 5_000
/** How long it takes until every user of the mixed scenario has the new version. */
const ROLL_OUT_MS = 60 * 60_000
/** Random and not the time: generators that start together must not send the same logins. */
const stream = randomInt(2 ** 32)
const PROGRESS_MS = { terminal: 250, file: 5_000 }

const command = readCommand()
if (command.name === 'help') {
  console.log(usage)
  process.exit(0)
}
const { kafka, generator, logLevel } = loadProcessConfig()
const client = createKafka(kafka, 'rollcall-generator')
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    stop.abort(name)
  })
}
// Without a listener, writing to a closed terminal would end the process before the lines under way are
// acknowledged.
process.stdout.on('error', () => undefined)
process.exit(command.name === 'send' ? await send(command) : await generateLogins())

function readCommand(): Command {
  try {
    return parseArguments(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

async function send(options: SendOptions): Promise<number> {
  const screen = createScreen(process.stdout)
  const giveUp = new AbortController()
  let isAway = false
  stop.signal.addEventListener('abort', () => {
    if (isAway) giveUp.abort(stop.signal.reason)
    else
      void setTimeout(LAST_ANSWER_MS).then(() => {
        giveUp.abort(stop.signal.reason)
      })
  })
  const producer = createLoginProducer(client, {
    topic: kafka.topic,
    signal: giveUp.signal,
    onOutage: ({ message }) => {
      isAway = true
      screen.say(`no answer for ${kafka.topic} at ${kafka.brokers.join(', ')}, waiting (${message})`)
    },
    onRecovery: (outageMs) => {
      isAway = false
      screen.say(`Kafka is back after ${Math.round(outageMs / 1000)} s`)
    },
  })
  try {
    const outcome = await sendFile(options, {
      topic: kafka.topic,
      producer,
      screen,
      folder: userFolder(),
      progressMs: process.stdout.isTTY ? PROGRESS_MS.terminal : PROGRESS_MS.file,
      stop: stop.signal,
    })
    await close(producer)
    return outcome === 'stopped' ? signalExitCode() : outcome === 'all sent' ? 0 : 1
  } catch (error) {
    if (error instanceof StoppedError) return signalExitCode()
    console.error((error as Error).message)
    return 1
  }
}

/** The exit code by which a shell reports that a signal ended a program. */
function signalExitCode(): number {
  return 128 + constants.signals[stop.signal.reason as NodeJS.Signals]
}

async function close(producer: LoginProducer): Promise<void> {
  await Promise.race([producer.close(), setTimeout(CLOSE_MS)])
}

async function generateLogins(): Promise<number> {
  const log = createLogger(logLevel, 'generator')
  logNodeFaults(log)
  const producer = createLoginProducer(client, {
    topic: kafka.topic,
    signal: stop.signal,
    onOutage: ({ message }) => {
      log.warn({ error: message }, 'Kafka does not answer; waiting for it')
    },
    onRecovery: (outageMs) => {
      log.info({ duration: Math.round(outageMs * 1e6) }, 'Kafka answers again; catching up')
    },
  })
  log.info({ topic: kafka.topic, rate: generator.ratePerSecond }, 'generating logins')
  const sent = await generate(generator.scenario === 'mixed' ? mixed() : original(), producer, {
    ratePerSecond: generator.ratePerSecond,
    log,
    signal: stop.signal,
  })
  await close(producer)
  log.info({ sent, signal: String(stop.signal.reason) }, 'stopped')
  return 0
}

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
import { UsageError } from '../cli/command-line.ts'
