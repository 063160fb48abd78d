import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

/** base offset (8 bytes) and length (4 bytes) come first, the length counts from after itself. */
const PREFIX_BYTES = 12

/**
 * Flips a bit in the last byte of a record batch (counted from 0) of partition 0, in the broker's first segment.
 * @returns what flips it back
 */
export function damageRecordBatch(topic: string, index: number): () => void {
  const file = join(inject('kafkaLogFolder'), `${topic}-0`, '00000000000000000000.log')
  const flip = () => {
    const descriptor = openSync(file, 'r+')
    let end = 0
    for (let i = 0; i <= index; i++) {
      const prefix = Buffer.alloc(PREFIX_BYTES)
      readSync(descriptor, prefix, 0, PREFIX_BYTES, end)
      end += PREFIX_BYTES + prefix.readInt32BE(8)
    }
    const last = Buffer.alloc(1)
    readSync(descriptor, last, 0, 1, end - 1)
    writeSync(descriptor, Buffer.from([(last[0] ?? 0) ^ 1]), 0, 1, end - 1)
    closeSync(descriptor)
  }
  flip()
  return flip
}
