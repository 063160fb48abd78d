import { appendFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { garbage } from '../../generator/garbage.ts'
import { eventually } from '../support/eventually.ts'
import { setTopicSettings } from '../support/kafka/kafka-settings.ts'
import { readTopic } from '../support/kafka/read-topic.ts'
import { createFileSending, saidBy, sentOf } from '../support/kafka/send-file.ts'

const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => `{"line":${String(i).padStart(6, '0')}}`)
const textOf = (lines: string[]) => lines.map((line) => `${line}\n`).join('')

test('every line of a file arrives as it is, garbage too, under a key of its own, and is not sent a second time', async () => {
  const { write, run, deployment } = await createFileSending()
  const odd = garbage(Date.now()).flatMap(({ value }) =>
    value === null || value.length === 0 || value.includes('\n') ? [] : [value],
  )
  const lines = [...odd, ...numbered(3_000).map((line) => Buffer.from(line))]
  const file = write('mixed.ndjson', Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])))
  const first = await run([file])
  expect(first.said).toContain('NDJSON (by its name)')
  expect(first.said).toContain(`all of ${file} was sent`)
  expect(first.code).toBe(0)

  const again = await run([file])
  expect(again.said).toContain(`was sent already: ${lines.length.toLocaleString('en')} lines`)
  expect(again.code).toBe(0)
  const records = await readTopic(deployment.kafka, deployment.config.kafka.topic)
  const hex = (values: (Buffer | null)[]) => values.map((value) => value?.toString('hex')).sort()
  expect(hex(records.map(({ value }) => value))).toEqual(hex(lines))
  expect(new Set(records.map(({ key }) => key)).size).toBe(lines.length)
  expect(records[0]?.key).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/)
})

test('rows of a packed CSV file arrive as JSON', async () => {
  const { write, run, values } = await createFileSending()
  const csv = '\ufeffuser_id,ip,note\r\nu1,1.2.3.4,"a, ""b""\r\nc"\r\nu2,,\r\n'
  const { code } = await run([write('logins.csv.gz', gzipSync(csv))])
  expect(code).toBe(0)
  expect(await values()).toEqual([
    JSON.stringify({ user_id: 'u1', ip: '1.2.3.4', note: 'a, "b"\r\nc' }),
    JSON.stringify({ user_id: 'u2' }),
  ])
})

test.for([
  ['ndjson', textOf(numbered(8_000)), numbered(8_000)],
  ['csv', textOf(['line', ...numbered(8_000).map((_, i) => `"${i}\n"`)]), null],
] as const)(
  'killed in the middle of a %s file, it goes on behind what was acknowledged: nothing is lost, little repeated',
  async ([format, content, expected]) => {
    const { write, start, run, values } = await createFileSending()
    const file = write(`logins.${format}`, content)
    const first = start([file, '--rate', '2000'])
    await eventually(() => {
      expect(sentOf(file)).toBeGreaterThan(1_000)
    })
    await first.kill()
    const sent = sentOf(file)
    expect(sent).toBeLessThan(8_000)

    const second = await run([file])
    expect(second.code).toBe(0)
    expect(second.said).toMatch(`${sent.toLocaleString('en')} lines to`)
    const arrived = await values()
    const wanted = expected ?? numbered(8_000).map((_, i) => JSON.stringify({ line: `${i}\n` }))
    expect([...new Set(arrived)]).toEqual(wanted.toSorted())
    // What one send holds at most.
    expect(arrived.length).toBeLessThanOrEqual(wanted.length + 2_000)
    // What was acknowledged before the kill and remembered is not sent again.
    expect(Number(/^([\d,]+) lines? \(/m.exec(second.said)?.[1]?.replaceAll(',', ''))).toBe(8_000 - sent)
  },
)

test.for(['SIGINT', 'SIGTERM'] as const)(
  'ended by %s and started again, every line arrives exactly once',
  async (signal) => {
    const { write, start, run, values } = await createFileSending()
    const lines = numbered(6_000)
    const file = write('logins.ndjson', textOf(lines))
    const first = start([file, '--rate', '2000'])
    await eventually(() => {
      expect(sentOf(file)).toBeGreaterThan(500)
    })
    first.signal(signal)
    expect(await first.exited).toBe(signal === 'SIGINT' ? 130 : 143)
    expect(saidBy(first)).toMatch(/stopped; the next run goes on at line [\d,]+/)
    expect(sentOf(file)).toBeLessThan(lines.length)
    expect((await run([file])).code).toBe(0)
    expect(await values()).toEqual(lines)
  },
)

test('lines that the topic does not take are named and counted, and all the others arrive', async () => {
  const { write, run, values, deployment } = await createFileSending()
  const { topic } = deployment.config.kafka
  await setTopicSettings(deployment.kafka, topic, { 'max.message.bytes': '10000' })
  const lines = numbered(4_000)
  const large = `{"large":"${'x'.repeat(20_000)}"}`
  const file = write('logins.ndjson', textOf([...lines.slice(0, 700), large, ...lines.slice(700), large]))
  const first = await run([file])
  expect(first.said).toMatch(/^line 701 \(20,012 bytes\) was not sent to .*max\.message\.bytes of the topic/m)
  expect(first.said).toMatch(/^line 4,002 /m)
  expect(first.said).toContain('2 lines not sent: too large for the topic')
  expect(first.said).not.toContain('waiting')
  expect(first.code).toBe(1)
  expect(await values()).toEqual(lines)
  // The file is done with, and still not all of it sent.
  expect(await run([file])).toMatchObject({ code: 1, said: expect.stringContaining('2 not taken') as string })
})

test('a file that was changed is not gone on with; --again sends it from the beginning', async () => {
  const { write, run, values } = await createFileSending()
  const file = write('logins.ndjson', 'a\nb\n')
  await run([file])
  appendFileSync(file, 'c')
  const changed = await run([file])
  expect(changed).toMatchObject({ code: 1, said: expect.stringContaining('size 4, now 5') as string })
  expect(changed.said.split('\n').length).toBe(1)
  expect((await run([file, '--again'])).code).toBe(0)
  expect(await values()).toEqual(['a', 'a', 'b', 'b', 'c'])
})

test('a Kafka that is away, or has no such topic, is said and waited for; Ctrl-C ends the waiting', async () => {
  const { write, start, run, deployment } = await createFileSending()
  const file = write('logins.ndjson', textOf(numbered(10)))
  const lost = start([file], { KAFKA_BROKERS: '127.0.0.1:1' })
  await eventually(() => {
    expect(saidBy(lost)).toMatch(/^no answer for \S+ at 127\.0\.0\.1:1, waiting \(.*ECONNREFUSED/m)
  })
  lost.signal('SIGINT')
  expect(await lost.exited).toBe(130)

  const topic = `${deployment.config.kafka.topic}-late`
  const waiting = start([file, '--again'], { KAFKA_TOPIC: topic })
  await eventually(() => {
    expect(saidBy(waiting)).toMatch(/no answer for \S+-late at .* npm run topics creates/)
  })
  const admin = deployment.kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
  expect(await waiting.exited).toBe(0)
  expect(saidBy(waiting)).toMatch(/Kafka is back after \d+ s/)
  expect((await readTopic(deployment.kafka, topic)).length).toBe(10)
  expect((await run([file])).said).toMatch(/was sent to \S+-late, and not to/)
})

test('--rate is not exceeded', async () => {
  const { write, run, deployment } = await createFileSending()
  const { code, said } = await run([write('logins.ndjson', textOf(numbered(250))), '--rate', '100'])
  expect(code).toBe(0)
  // 2.5 seconds and no less: how much more it is depends on the machine.
  expect(Number(/sent to \S+ in ([\d.]+) s/.exec(said)?.[1])).toBeGreaterThan(2.3)
  expect((await readTopic(deployment.kafka, deployment.config.kafka.topic)).length).toBe(250)
})
