import type { Deployment } from '../deployment/deployment.ts'

/** Returns what sends a record and says where it is, as x-rollcall-read-after names it. */
export async function openPlacedProducer({ kafka, config }: Pick<Deployment, 'kafka' | 'config'>) {
  const { topic } = config.kafka
  const producer = kafka.producer()
  await producer.connect()
  return async (value: object | string, partition = 0): Promise<string> => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const [sent] = await producer.send({ topic, acks: -1, messages: [{ partition, value: text }] })
    return `kafka:${topic}/${partition}@${sent?.baseOffset}`
  }
}
