import { loadConfig } from '../config/config.ts'
import { createLogger } from '../config/logger.ts'
import type { AcceptedLogin, SourceRecord } from '../domain/batch.ts'
import { decodeRecords } from '../domain/decode-records.ts'
import { runWorker } from '../worker/run-worker.ts'

// The worker with a defect that no constraint of the database and no check of the product sees: the login whose record
// has the key DEFECT_KEY is left out, taken twice, or taken for one of a minute later.

const { DEFECT_KEY = '', DEFECT = '' } = process.env

const defects: Record<string, (login: AcceptedLogin) => AcceptedLogin[]> = {
  drop: () => [],
  double: (login) => [login, login],
  shift: ({ offset, login }) => [{ offset, login: { ...login, eventTimeMs: login.eventTimeMs + 60_000 } }],
}
const defect = defects[DEFECT]
if (defect === undefined) throw new Error(`no defect ${DEFECT}`)

const isAffected = (records: readonly SourceRecord[], { offset }: AcceptedLogin) =>
  records.some(
    (record) => record.offset === offset && Buffer.from(record.key ?? []).toString() === DEFECT_KEY,
  )

await runWorker({
  config: loadConfig(process.env),
  log: createLogger('info', 'defective-worker'),
  codeVersion: 'test',
  stop: new AbortController().signal,
  decode: (records, options) => {
    const { accepted, rejected } = decodeRecords(records, options)
    const changed = accepted.flatMap((login) => (isAffected(records, login) ? defect(login) : [login]))
    return { accepted: changed, rejected }
  },
})
