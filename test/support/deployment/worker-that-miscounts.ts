import { loadConfig } from '../../../config/config.ts'
import { createLogger } from '../../../config/logger.ts'
import type { AcceptedLogin, SourceRecord } from '../../../domain/login/record.ts'
import { decodeRecords } from '../../../domain/decode/decode-records.ts'
import { runWorker } from '../../../worker/run-worker.ts'

// The worker with defects that no check of the product sees: the login whose record has the key DROPPED_KEY is left out,
// the one of DOUBLED_KEY taken twice, the one of SHIFTED_KEY taken for one of a minute later.

const { DROPPED_KEY = '', DOUBLED_KEY = '', SHIFTED_KEY = '' } = process.env

await runWorker({
  config: loadConfig(process.env),
  log: createLogger('info', 'defective-worker'),
  codeVersion: 'test',
  stop: new AbortController().signal,
  decode: (records, options) => {
    const { accepted, rejected } = decodeRecords(records, options)
    return { accepted: accepted.flatMap((login) => changed(login, keyOf(records, login))), rejected }
  },
})

function changed(accepted: AcceptedLogin, key: string): AcceptedLogin[] {
  const { login } = accepted
  if (key === DROPPED_KEY) return []
  if (key === DOUBLED_KEY) return [accepted, accepted]
  if (key === SHIFTED_KEY)
    return [{ ...accepted, login: { ...login, eventTimeMs: login.eventTimeMs + 60_000 } }]
  return [accepted]
}

function keyOf(records: readonly SourceRecord[], { offset }: AcceptedLogin): string {
  const record = records.find((one) => one.offset === offset)
  return Buffer.from(record?.key ?? []).toString()
}
