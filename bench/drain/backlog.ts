import { GroundTruth } from '../../generator/ground-truth.ts'
import type { LoginMessage } from '../../generator/login-source.ts'
import { createKafka } from '../../kafka/client.ts'
import type { OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import { loadConfig } from '../../config/config.ts'
import type { Input } from '../program.ts'
import { createTopic } from '../topics.ts'
import { inForm, type MessageForm } from './message-forms.ts'
import { openRawProducer } from './raw-producer.ts'

export type Backlog = Input & {
  events: number
  /** How many of the logins are done before the clock starts. 0: the first commit starts it. */
  warmUp: number
  /** What was sent, to compare results with. */
  truth: GroundTruth
}

type LoginSource = { next(timestampSeconds: number): LoginMessage }

/** How many logins have the same second as event time. This decides how many rows of counts they make. */
const LOGINS_PER_EVENT_SECOND = 1_000
/** A common size of a producer's batch under load: about 130 KB. */
export const RECORDS_PER_BATCH = 500

/** Fills a new topic, evenly over its partitions, with logins whose event times end now. */
export async function preload(
  environment: Record<string, string>,
  options: Omit<Backlog, 'truth'> & { form: MessageForm; source: LoginSource; stop: AbortSignal },
): Promise<Backlog> {
  const { kafka: config } = loadConfig(environment)
  const { topic, partitions, events, warmUp, form, source, stop } = options
  await createTopic(config, topic, partitions)
  const producer = await openRawProducer(createKafka(config, 'rollcall-bench'), topic)
  const truth = new GroundTruth()
  const firstSecond = Math.floor(Date.now() / 1000) - Math.ceil(events / LOGINS_PER_EVENT_SECOND)
  const record = (n: number): OutputRecord => {
    const { key, value, sent } = source.next(firstSecond + Math.floor(n / LOGINS_PER_EVENT_SECOND))
    truth.addSent(sent)
    return { key: Buffer.from(key), value: Buffer.from(inForm[form](value, n)), headers: [] }
  }
  try {
    let sending = Promise.resolve()
    for (let first = 0, batch = 0; first < events; first += RECORDS_PER_BATCH, batch++) {
      stop.throwIfAborted()
      const size = Math.min(RECORDS_PER_BATCH, events - first)
      const records = Array.from({ length: size }, (_, index) => record(first + index))
      await sending
      sending = producer.send(new Map([[batch % partitions, records]]))
    }
    await sending
  } finally {
    await producer.close()
  }
  return { topic, partitions, events, warmUp, truth }
}
