import { defect, isNativeError, PipelineFailure, type FailureClass } from '../domain/pipeline/failure.ts'

/** What Rollcall knows of an error type of the Kafka protocol. */
type KnownType = {
  /** Left out for an outage, which passes with time, like everything else that Kafka reports. */
  failureClass?: FailureClass
  /** What an operator can do about it. It follows Kafka's own message, which is written for producers. */
  hint?: string
  /** The topic setting that makes the broker refuse a record batch for its size. */
  sizeSetting?: string
}

// Another producer took the transactional.id, or the coordinator ended a transaction that took too long.
const fenced: KnownType = { failureClass: 'fenced' }

const knownTypes: Record<string, KnownType> = {
  OFFSET_OUT_OF_RANGE: { failureClass: 'data_loss' },
  // Rollcall asks after fencing, when every transaction has ended as far as its coordinator knows.
  UNSTABLE_OFFSET_COMMIT: {
    failureClass: 'data_loss',
    hint:
      ': a transaction that moves the group offset was never ended, as brokers of Kafka 4.3.0 and 4.3.1 can leave it after a ' +
      'crash, so what is published is not known; end it with kafka-transactions.sh (find-hanging, then abort, for ' +
      '__consumer_offsets and the output topics), then resume',
  },
  INVALID_PRODUCER_EPOCH: fenced,
  PRODUCER_FENCED: fenced,
  INVALID_PRODUCER_ID_MAPPING: fenced,
  UNKNOWN_PRODUCER_ID: fenced,
  MESSAGE_TOO_LARGE: {
    failureClass: 'permanent',
    hint: ' (max.message.bytes of the topic)',
    sizeSetting: 'max.message.bytes',
  },
  RECORD_LIST_TOO_LARGE: { failureClass: 'permanent', sizeSetting: 'segment.bytes' },
  INVALID_RECORD: { failureClass: 'permanent' },
  UNKNOWN_TOPIC_OR_PARTITION: { hint: '; npm run topics creates the topics that do not exist' },
  UNSUPPORTED_SASL_MECHANISM: { hint: ': correct KAFKA_SASL_MECHANISM' },
  INVALID_TIMESTAMP: { hint: ': the clock of the worker or of the broker is wrong' },
}

/** What to do about a broker that cannot be reached, by the message of Node or kafkajs. */
const hintsByMessage: [RegExp, string][] = [
  [/ECONNREFUSED/, ': start Kafka there, or correct KAFKA_BROKERS'],
  [/ENOTFOUND|EAI_AGAIN/, ': correct the host in KAFKA_BROKERS'],
  [
    /EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|Connection timeout/,
    ': open the network path to it, or correct KAFKA_BROKERS',
  ],
  [
    /Closed connection|ECONNRESET|Request .* timed out/,
    ': if this continues, what answers there is not Kafka, or expects TLS or sign-in: correct KAFKA_BROKERS, set KAFKA_TLS=true, ' +
      'or set KAFKA_SASL_MECHANISM',
  ],
  [
    /Replication-factor|replication factor/,
    ': set KAFKA_REPLICATION_FACTOR to at most the number of brokers',
  ],
]

/** Classifies what Kafka or kafkajs threw. A failure that is classified already passes unchanged. */
export function kafkaFailure(error: unknown): PipelineFailure {
  if (error instanceof PipelineFailure) return error
  if (isNativeError(error)) return defect(error)
  const { type, message } = firstOf(error)
  const known = knownTypes[type ?? '']
  const failureClass = known?.failureClass ?? 'transient'
  const hint = known?.hint ?? hintsByMessage.find(([pattern]) => pattern.test(message ?? ''))?.[1] ?? ''
  return new PipelineFailure(failureClass, 'kafka', `Kafka: ${message ?? String(error)}${hint}`, {
    cause: error,
  })
}

/** If several topics fail, kafkajs's own message only counts them, so the first error is taken. */
function firstOf(error: unknown): { type?: string; message?: string } {
  const { errors } = error as { errors?: { type?: string; message?: string }[] }
  return errors?.[0] ?? (error as { type?: string; message?: string })
}

/** Runs `work` and classifies what it throws. */
export async function classingKafka<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw kafkaFailure(error)
  }
}

/**
 * Turns the refusal of a record batch for its size into a failure that names the setting to change. Any other
 * error passes unchanged.
 */
export function outputTooLarge(error: unknown, topic: string, batchBytes: number): unknown {
  const setting = knownTypes[(error as { type?: string }).type ?? '']?.sizeSetting
  if (setting === undefined) return error
  return new PipelineFailure(
    'permanent',
    'kafka',
    `Kafka: the topic ${topic} refuses a record batch of ${batchBytes} bytes: raise its ${setting} to that or more, then resume`,
    { cause: error },
  )
}
