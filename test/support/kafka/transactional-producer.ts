import type { Producer } from 'kafkajs'
import { onTestFinished } from 'vitest'
import type { Kafka } from '../../../kafka/client.ts'

/** A producer of a foreign application with transactions, disconnected when the test ends. */
export async function transactionalProducer(kafka: Kafka, transactionalId: string): Promise<Producer> {
  const producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, retry: { retries: 10 } })
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  return producer
}
