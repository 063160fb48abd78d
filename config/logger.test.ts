import { expect, test } from 'vitest'
import { logFields } from './log-fields.ts'
import { createLogger, withLogFields } from './logger.ts'

/** What a logger writes, as objects. */
function written(work: (log: ReturnType<typeof createLogger>) => void, level: 'info' | 'debug' = 'info') {
  const lines: string[] = []
  work(createLogger(level, 'worker', { write: (line) => lines.push(line) }))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('a line has the fields of ECS that every line has', () => {
  const [line] = written((log) => {
    log.warn({}, 'said')
  })
  expect(line).toEqual({
    '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    'log.level': 'warn',
    message: 'said',
    'ecs.version': expect.stringMatching(/^8\./) as string,
    'service.name': 'rollcall-worker',
    'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    'event.dataset': 'rollcall-worker',
    'process.pid': process.pid,
    'host.hostname': expect.any(String) as string,
  })
})

test('an error has its type, message and stack; a text is the message of an error', () => {
  const lines = written((log) => {
    log.error({ err: new TypeError('of a type') }, 'with a stack')
    log.error({ error: 'said' }, 'with a text')
    log.error({ err: 'thrown' }, 'what is no error')
  })
  expect(lines).toMatchObject([
    {
      'error.type': 'TypeError',
      'error.message': 'of a type',
      'error.stack_trace': expect.stringMatching(/^TypeError: of a type\n +at /) as string,
    },
    { 'error.message': 'said' },
    { 'error.message': 'thrown' },
  ])
})

test('what is done within some fields has them in each of its lines, and no field twice', async () => {
  const lines: string[] = []
  const log = createLogger('info', 'worker', { write: (line) => lines.push(line) })
  await withLogFields({ topic: 'user-login', partition: 3 }, async () => {
    await Promise.resolve()
    withLogFields({ batchId: '7' }, () => {
      log.info({ partition: 4 }, 'inside')
    })
  })
  log.info({}, 'outside')
  expect(lines[0]?.match(/rollcall\.partition/g)).toHaveLength(1)
  const [inside, outside] = lines.map((line) => JSON.parse(line) as object)
  expect(inside).toMatchObject({
    'rollcall.topic': 'user-login',
    'rollcall.partition': 4,
    'rollcall.batch.id': '7',
  })
  expect(outside).not.toHaveProperty(['rollcall.topic'])
})

test('what is below the level is not written', () => {
  expect(
    written((log) => {
      log.debug({}, 'not this')
      log.info({}, 'this')
    }),
  ).toMatchObject([{ message: 'this' }])
})

test('no two fields share a name, and each says what it has', () => {
  const fields = Object.values(logFields)
  expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length)
  for (const { name, says } of fields) {
    expect(name).toMatch(/^(error|event|http|url|server|trace|span|rollcall)\.[a-z_.]+$/)
    expect(says).toMatch(/^[A-Z`].*\.$/)
  }
})
