import { join } from 'node:path'
import { tlsSettings } from '../../../stack/parts/postgres-security.ts'
import { createPostgresParts, postgresUrl } from '../../../stack/parts/postgres.ts'
import { freePort } from '../../../stack/processes/ports.ts'
import type { CertificateAuthority } from '../../../stack/parts/certificates.ts'

/** A Postgres with TLS whose certificate is for `localhost`. */
export type SecuredPostgres = {
  port: number
  /** Of its superuser, whom it lets in without TLS. */
  plainUrl: string
  stop: () => Promise<void>
}

/** Users that the tests make: `sealed` needs TLS and a password, `certified` TLS and a certificate of its name. */
const RULES = `
hostssl all sealed all scram-sha-256
hostssl all certified all cert
hostnossl all sealed,certified all reject
host all rollcall all trust
host replication rollcall all trust
`

export async function startSecuredPostgres(
  folder: string,
  ca: CertificateAuthority,
): Promise<SecuredPostgres> {
  const leaf = await ca.issue('postgres', { name: 'postgres', dns: ['localhost'] })
  const [port, replicaPort] = [await freePort(0), await freePort(0)]
  const { primary } = createPostgresParts({
    dataFolder: folder,
    logFolder: join(folder, 'log'),
    isDurable: false,
    port,
    replicaPort,
    security: { settings: tlsSettings(folder, leaf, ca.file, RULES) },
  })
  await primary.start()
  return { port, plainUrl: postgresUrl(port), stop: () => primary.stop() }
}
