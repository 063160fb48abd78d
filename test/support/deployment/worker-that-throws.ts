import { existsSync } from 'node:fs'
import { loadConfig } from '../../../config/config.ts'
import { createLogger } from '../../../config/logger.ts'
import { decodeRecords } from '../../../domain/decode/decode-records.ts'
import { runWorker } from '../../../worker/run-worker.ts'

// The worker with a defect in processing: while the file DEFECT_FILE exists, whatever holds the text of DEFECT_VALUE throws.

const { DEFECT_FILE = '', DEFECT_VALUE = '' } = process.env

await runWorker({
  config: loadConfig(process.env),
  log: createLogger('info', 'defective-worker'),
  codeVersion: 'test',
  stop: new AbortController().signal,
  decode: (records, options) => {
    const isHit = records.some(({ value }) => value !== null && Buffer.from(value).includes(DEFECT_VALUE))
    if (isHit && existsSync(DEFECT_FILE)) throw new TypeError('cannot read properties of a defect')
    return decodeRecords(records, options)
  },
})
