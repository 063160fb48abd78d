import { existsSync } from 'node:fs'
import { loadConfig } from '../../../config/config.ts'
import { createLogger } from '../../../config/logger.ts'
import { decodeRecords } from '../../../domain/decode/decode-records.ts'
import { PipelineFailure } from '../../../domain/pipeline/failure.ts'
import { runWorker } from '../../../worker/run-worker.ts'

// The worker with a fault that lasts while the file FAULT_FILE exists. FAULT says which:
// - outage: every batch finds Postgres away
// - unwritable: a reject that holds FAULT_VALUE makes writing its batch to Postgres throw a RangeError
// - unpublishable: publishing anything throws a RangeError

const { FAULT_FILE = '', FAULT = '', FAULT_VALUE = '' } = process.env
const isFaulty = (fault: string) => FAULT === fault && existsSync(FAULT_FILE)

/** Nothing looks at it before the transaction. */
const unwritable = {
  toString: () => {
    throw new RangeError('Invalid time value')
  },
} as unknown as number

await runWorker({
  config: loadConfig(process.env),
  log: createLogger('info', 'faulty-worker'),
  codeVersion: 'test',
  stop: new AbortController().signal,
  onStep: (step) => {
    if (step === 'before_postgres_commit' && isFaulty('outage'))
      throw new PipelineFailure('transient', 'postgres', 'Postgres: is away for this batch')
    if (step === 'inside_kafka_transaction' && isFaulty('unpublishable'))
      throw new RangeError('Invalid string length')
  },
  decode: (records, options) => {
    const { accepted, rejected } = decodeRecords(records, options)
    if (!isFaulty('unwritable')) return { accepted, rejected }
    return {
      accepted,
      rejected: rejected.map((reject) =>
        Buffer.from(reject.record.value ?? []).includes(FAULT_VALUE)
          ? { ...reject, record: { ...reject.record, timestamp: unwritable } }
          : reject,
      ),
    }
  },
})
