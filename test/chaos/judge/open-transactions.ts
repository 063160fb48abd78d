import { setTimeout as sleep } from 'node:timers/promises'
import { createLoginSource } from '../../../generator/login-source.ts'
import { sfc32 } from '../../../generator/sfc32.ts'
import type { Step } from '../plan.ts'
import { PARTITIONS, type World } from '../world.ts'

/** The broker ends what is abandoned after this, with ten seconds between its looks. */
const TIMEOUT_MS = { aborted: 30_000, abandoned: 5_000 }
const MOST_RECORDS = 40

/**
 * A producer that writes what looks like logins in a transaction, and aborts it or goes away. Nobody may count them;
 * until the transaction has ended, nobody can read past them.
 */
export function leaveTransaction(end: 'aborted' | 'abandoned') {
  return async ({ deployment, say }: World, { seed, lastsMs }: Step): Promise<void> => {
    const producer = transactionalProducer(deployment, TIMEOUT_MS[end])
    try {
      await producer.connect()
      const transaction = await producer.transaction()
      const messages = loginLike(seed)
      await transaction.send({ topic: deployment.config.kafka.topic, messages })
      await sleep(lastsMs)
      if (end === 'aborted') await transaction.abort()
      say(`a transaction of ${messages.length} records is ${end}`)
    } catch (error) {
      say(`a transaction was interrupted: ${String(error)}`)
    } finally {
      await producer.disconnect()
    }
  }
}

/** Ends what was abandoned: the transactional.id is taken. */
export async function endTransactions(deployment: World['deployment']): Promise<void> {
  const producer = transactionalProducer(deployment, TIMEOUT_MS.aborted)
  try {
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.abort()
  } finally {
    await producer.disconnect()
  }
}

const transactionalProducer = ({ kafka, config }: World['deployment'], transactionTimeout: number) =>
  kafka.producer({
    transactionalId: `chaos-${config.kafka.topic}`,
    maxInFlightRequests: 1,
    transactionTimeout,
    retry: { retries: 2 },
  })

function loginLike(seed: number) {
  const random = sfc32(seed, MOST_RECORDS)
  const source = createLoginSource({ seed, users: 10 })
  return Array.from({ length: 1 + (random() % MOST_RECORDS) }, () => ({
    ...source.next(Math.floor(Date.now() / 1000)),
    partition: random() % PARTITIONS,
  })).map(({ key, value, partition }) => ({ key: `never committed ${key}`, value, partition }))
}
