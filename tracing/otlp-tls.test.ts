import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createAuthority } from '../stack/parts/certificates.ts'
import { sdkTracing } from './sdk-tracing.ts'
import { optionsTo } from '../test/support/traces/collector-answering.ts'
import { listen } from '../test/support/tls/listening.ts'

const service = { role: 'api', version: '1.2.3', instance: '1@here' } as const

/** A collector over TLS whose certificate is for a name, and the authority that issued it. */
async function collectorNamed(name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'))
  const ca = await createAuthority(folder, 'ca')
  const leaf = await ca.issue('collector', { name: 'collector', dns: [name] })
  let requests = 0
  const server = createServer(
    { cert: readFileSync(leaf.cert), key: readFileSync(leaf.key) },
    (request, response) => {
      requests++
      request.resume().on('end', () => response.writeHead(200).end())
    },
  )
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })
  const url = `https://localhost:${port}/v1/traces`
  return { url, ca: ca.file, requests: () => requests }
}

/** Sends a span. @returns the reason for which it was not taken; null: it was */
async function sendTo(url: string, ca: string | null): Promise<unknown> {
  const report = { lost: vi.fn(), taken: vi.fn() }
  const options = optionsTo(url)
  const tracing = sdkTracing({ ...options, tls: { ...options.tls, ca } }, service, report)
  tracing.begin('work')?.end()
  await tracing.close()
  return report.lost.mock.calls[0]?.[0] ?? null
}

test('spans go to a collector whose certificate is of the CA and for its name, and to no other, with the setting that is to be mended', async () => {
  const right = await collectorNamed('localhost')
  expect(await sendTo(right.url, right.ca)).toBeNull()
  expect(right.requests()).toBe(1)
  expect(await sendTo(right.url, null)).toMatch(/CA/)
  const other = await collectorNamed('another.example')
  expect(await sendTo(other.url, other.ca)).toMatch(/^the certificate of the server is not /)
  expect([right.requests(), other.requests()]).toEqual([1, 0])
})
