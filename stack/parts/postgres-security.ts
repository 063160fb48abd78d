import { chmodSync, chownSync, copyFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Leaf } from './certificates.ts'
import { unprivilegedAccount } from './postgres-account.ts'

/** How the primary and its replica are secured. */
export type PostgresSecurity = {
  /** Settings of both servers, over those of servers without security. */
  settings: Record<string, string>
  /** What the replica adds to the connection string of libpq with which it follows the primary. */
  replication?: string
  /** Parameters of the URLs by which the stack itself asks the servers. */
  parameters?: Record<string, string>
}

/**
 * Settings with which Postgres speaks TLS and lets in whom `rules` (the text of a pg_hba.conf) name.
 * @param ca PEM file of the CA that issues client certificates
 */
export function tlsSettings(folder: string, server: Leaf, ca: string, rules: string): Record<string, string> {
  const hba = join(folder, 'pg_hba.conf')
  writeFileSync(hba, rules)
  return {
    ssl: 'on',
    ssl_cert_file: ownedByServer(folder, server.cert),
    ssl_key_file: ownedByServer(folder, server.key),
    ssl_ca_file: ownedByServer(folder, ca),
    hba_file: hba,
  }
}

/** Copies a file for the server, which takes no key that others can read. Returns the path of the copy. */
export function ownedByServer(folder: string, file: string): string {
  const copy = join(folder, `server-${basename(file)}`)
  copyFileSync(file, copy)
  chmodSync(copy, 0o600)
  const account = unprivilegedAccount()
  if (account !== null) chownSync(copy, account.uid, account.gid)
  return copy
}
