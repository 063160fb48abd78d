import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../stack/parts/certificates.ts'
import { noteCertificate } from '../tls/certificates-seen.ts'
import { certificateExpiries } from './certificate-expiries.ts'
import { loadConfig } from './config.ts'

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-expiries-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const ca = await createAuthority(folder, 'ca')
  return { folder, issue: (name: string, valid: 'now' | 'expired') => ca.issue(name, { name, valid }) }
}

test('the first certificate of a wire to expire counts, be it of a server or of those after the leaf in a file', async () => {
  const { folder, issue } = await setUp()
  const [leaf, old] = [await issue('leaf', 'now'), await issue('old', 'expired')]
  const tls = {
    KAFKA_TLS: 'true',
    KAFKA_TLS_CERT_FILE: leaf.cert,
    KAFKA_TLS_KEY_FILE: leaf.key,
    WORKER_TLS_CERT_FILE: leaf.cert,
    WORKER_TLS_KEY_FILE: leaf.key,
    DATABASE_URL: `postgres://u@db/x?sslmode=verify-full&sslcert=${join(folder, 'nowhere.crt')}&sslkey=${leaf.key}`,
  }
  const expiries = () => certificateExpiries(loadConfig(tls), 'worker')
  const own = (role: 'api' | 'worker') =>
    ['kafka_client', 'postgres_client', 'worker', 'api'].filter((wire) =>
      certificateExpiries(loadConfig(tls), role).has(wire),
    )
  expect(own('worker')).toEqual(['kafka_client', 'worker'])
  expect(expiries().get('worker')?.getTime()).toBeGreaterThan(Date.now())
  expect(own('api')).toEqual(['kafka_client'])
  appendFileSync(leaf.cert, readFileSync(old.cert))
  expect(expiries().get('worker')?.getTime()).toBeLessThan(Date.now())

  noteCertificate('DATABASE_REPLICA_URLS', 'replica', 'Dec 31 00:00:00 2040 GMT')
  noteCertificate('DATABASE_URL', 'db', 'Dec 31 00:00:00 2030 GMT')
  expect(expiries().get('postgres')).toEqual(new Date('2030-12-31T00:00:00Z'))
  noteCertificate('DATABASE_URL', 'db', 'Dec 31 00:00:00 2050 GMT')
  expect(expiries().get('postgres')).toEqual(new Date('2040-12-31T00:00:00Z'))
  noteCertificate('DATABASE_URL', 'db', 'not a day')
  expect(expiries().get('postgres')).toEqual(new Date('2040-12-31T00:00:00Z'))
})
