import { setTimeout as sleep } from 'node:timers/promises'
import { loadProcessConfig } from '../../config/environment.ts'
import { createLoginSource } from '../../generator/login-source.ts'
import { createKafka } from '../../kafka/client.ts'
import { openRawProducer } from '../drain/raw-producer.ts'

// A process of its own, so that making logins does not delay the reader.
// Event n (from 0) is scheduled for start + n / rate, even if earlier ones are late (open loop).

const [startMs = 0, ratePerSecond = 1, events = 0, users = 1] = process.argv.slice(2).map(Number)
/** The pause between sends: the producer of a service lingers about as long. */
const TICK_MS = 5
/** After a stall, the logins that are due are sent in pieces of this size. */
const MAX_PER_SEND = 2_000

const { kafka } = loadProcessConfig()
const producer = await openRawProducer(createKafka(kafka, 'rollcall-bench'), kafka.topic)
const source = createLoginSource({ seed: 1, users, stream: startMs })
let sent = 0
let latestMs = 0
while (sent < events) {
  const nowMs = Date.now()
  const due = Math.min(events, Math.ceil(((nowMs - startMs) * ratePerSecond) / 1000))
  const size = Math.min(due - sent, MAX_PER_SEND)
  if (size > 0) {
    latestMs = Math.max(latestMs, nowMs - scheduledMs(sent))
    await sendRange(sent, size)
    sent += size
  }
  if (sent >= due) await sleep(TICK_MS)
}
console.log(JSON.stringify({ sent, latestMs }))
await producer.close()
process.exit(0)

async function sendRange(first: number, size: number): Promise<void> {
  const records = Array.from({ length: size }, (_, index) => {
    const { key, value } = source.next(Math.floor(scheduledMs(first + index) / 1000))
    return { key: Buffer.from(key), value: Buffer.from(value), headers: [] }
  })
  let number = first
  await producer.send(Map.groupBy(records, () => number++ % kafka.partitions))
}

function scheduledMs(event: number): number {
  return startMs + (event * 1000) / ratePerSecond
}
