import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createAuthority } from '../stack/parts/certificates.ts'
import { createHttpsServer } from './serve-tls.ts'

const settings = { cert: 'API_TLS_CERT_FILE', key: 'API_TLS_KEY_FILE' }

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const ca = await createAuthority(folder, 'ca')
  const files = { cert: join(folder, 'used.crt'), key: join(folder, 'used.key'), settings }
  const use = async (name: string, valid: 'now' | 'expired' | 'not yet' = 'now') => {
    const leaf = await ca.issue(name, { name, dns: ['localhost'], valid })
    copyFileSync(leaf.cert, files.cert)
    copyFileSync(leaf.key, files.key)
  }
  return { files, use }
}

/** The subject of the certificate that a new connection is shown. */
async function shown(port: number): Promise<unknown> {
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  try {
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    return socket.getPeerCertificate().subject.CN
  } finally {
    socket.destroy()
  }
}

test('a server shows a changed certificate to the connections that follow, and keeps the one it has if the new one is none', async () => {
  const { files, use } = await setUp()
  await use('first')
  const [refused, distrusted] = [vi.fn(), vi.fn()]
  const server = createHttpsServer(files, { refused, distrusted, lookEveryMs: 5 }, () => undefined)
  onTestFinished(() => {
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(await shown(port)).toBe('first')
  writeFileSync(files.key, 'no key')
  await vi.waitFor(() => {
    expect(refused).toHaveBeenCalledWith(
      expect.stringMatching(/API_TLS_CERT_FILE and API_TLS_KEY_FILE must name PEM files/),
    )
  })
  expect(await shown(port)).toBe('first')
  await use('second')
  await vi.waitFor(async () => {
    expect(await shown(port)).toBe('second')
  })
})

test('a server without a certificate does not start, and says which setting', async () => {
  const { files } = await setUp()
  expect(() =>
    createHttpsServer(files, { refused: () => undefined, distrusted: () => undefined }, () => undefined),
  ).toThrow('API_TLS_CERT_FILE names a file that cannot be read (ENOENT)')
})

test.each([
  ['expired', /API_TLS_CERT_FILE expired/],
  ['not yet', /API_TLS_CERT_FILE is not valid before/],
  ['now', null],
] as const)('a server says of its own certificate that clients refuse it: %s', async (valid, said) => {
  const { files, use } = await setUp()
  await use('own', valid)
  const distrusted = vi.fn()
  createHttpsServer(files, { refused: vi.fn(), distrusted }, () => undefined).emit('close')
  expect(distrusted.mock.calls).toEqual(said === null ? [] : [[expect.stringMatching(said)]])
})
