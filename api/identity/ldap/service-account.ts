import type { LdapConfig } from '../../../config/ldap.ts'
import { type Directory, DirectoryAway } from './directory.ts'

/**
 * Directories lock an account after a few wrong passwords, for everybody who uses it. So a password that a server refused is tried there
 * again after this time, then after twice as long, and so on; another one at once.
 */
const [AGAIN_MS, AGAIN_AT_MOST_MS] = [30_000, 600_000]

type Refused = { password: string; message: string; waitMs: number; untilMs: number }

/**
 * Binds as the service account of one server.
 * @param clock milliseconds
 * @throws {DirectoryAway} the server refuses it, or did so a moment ago
 */
export function createServiceAccount(
  { dn, password }: LdapConfig['account'],
  clock: () => number,
): (directory: Directory) => Promise<void> {
  let refused: Refused | null = null
  return async (directory) => {
    const value = password.read()
    const before = refused?.password === value ? refused : null
    if (before !== null && clock() < before.untilMs) throw new DirectoryAway(before.message)
    const refusal = await directory.bind(dn, value)
    if (refusal === null) {
      refused = null
      return
    }
    const waitMs = before === null ? AGAIN_MS : Math.min(before.waitMs * 2, AGAIN_AT_MOST_MS)
    const message = `refuses LDAP_BIND_DN with ${password.setting} (${refusal}): correct them`
    refused = { password: value, message, waitMs, untilMs: clock() + waitMs }
    throw new DirectoryAway(message)
  }
}
