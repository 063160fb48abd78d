import { existsSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createFileSending } from '../support/kafka/send-file.ts'

const lines = Array.from({ length: 20_000 }, (_, i) => `{"line":${String(i).padStart(6, '0')}}`)
const body = Buffer.from(lines.join('\n'))
const positionFolder = fileURLToPath(new URL('../../.rollcall/positions', import.meta.url))

/** Answers with half of the lines and the beginning of one more, and from then on with all. */
async function serveHalfFirst(): Promise<number> {
  let answers = 0
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-length': body.length })
    if (answers++ > 0) response.end(body)
    else response.write(body.subarray(0, body.length / 2 - 5), () => setTimeout(() => response.destroy(), 50))
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(0, '127.0.0.1', () => {
    resolve(undefined)
  })
  await promise
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    server.close()
    if (!existsSync(positionFolder)) return
    for (const file of readdirSync(positionFolder))
      if (file.startsWith(`127.0.0.1-${port}-`)) rmSync(join(positionFolder, file))
  })
  return port
}

test('a URL that is cut in the middle sends no half line, and started again every line arrives exactly once', async () => {
  const { run, values } = await createFileSending()
  const url = `http://127.0.0.1:${await serveHalfFirst()}/logins`
  const first = await run([url])
  expect(first).toMatchObject({
    code: 1,
    said: expect.stringContaining(`${url} was cut off after`) as string,
  })
  const half = await values()
  expect(half).toEqual(lines.slice(0, half.length))
  expect(half.length).toBeGreaterThan(2_500)

  const second = await run([url])
  expect(second.code).toBe(0)
  expect(second.said).toMatch(/NDJSON as before\ngoing on at line [\d,]+:/)
  expect(await values()).toEqual(lines)
  expect((await run([url])).said).toContain('was sent already: 20,000 lines')
})
