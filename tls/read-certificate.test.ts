import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../stack/parts/certificates.ts'
import { readCertificate } from './read-certificate.ts'
import { createHttpsServer } from './serve-tls.ts'
import type { TlsClient } from './tls-client.ts'

const PATIENCE_MS = 5_000
const tls: TlsClient = {
  ca: null,
  cert: null,
  key: null,
  serverName: null,
  settings: { address: 'A', ca: 'B', cert: 'C', key: 'D', otherName: 'E', off: 'F' },
}

test.each(['now', 'expired'] as const)(
  'a certificate is read that nobody trusts: valid %s',
  async (valid) => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    const ca = await createAuthority(folder, 'ca')
    const { cert, key } = await ca.issue('server', {
      name: 'server',
      dns: ['localhost', 'kafka.example'],
      valid,
    })
    const server = createHttpsServer(
      { cert, key, settings: { cert: 'C', key: 'D' } },
      { refused: () => undefined, distrusted: () => undefined },
      () => undefined,
    )
    onTestFinished(() => {
      server.close()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const read = await readCertificate({
      host: '127.0.0.1',
      port,
      tls,
      preamble: '',
      patienceMs: PATIENCE_MS,
    })
    expect(read?.names).toContain('kafka.example')
    expect((read?.expiresAt.getTime() ?? 0) > Date.now()).toBe(valid === 'now')
  },
)

test.each(['', 'postgres', 'ldap'] as const)(
  'a server that speaks no TLS (%s), or nothing at all, shows none',
  async (preamble) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end('what?'))
    })
    onTestFinished(() => {
      server.close()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const at = { host: '127.0.0.1', tls, preamble, patienceMs: PATIENCE_MS }
    expect(await readCertificate({ ...at, port })).toBeNull()
    expect(await readCertificate({ ...at, port: 1 })).toBeNull()
  },
)
