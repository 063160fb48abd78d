import { z } from 'zod'
import { isRole, type RoleGroups } from '../domain/access/role.ts'
import { isLoopback } from './loopback.ts'
import { list } from './setting-kinds.ts'

// The kinds of the settings of identity. docs/configuration.md shows the text of `accepts`.

/** An issuer is compared letter by letter, so that it stays as it is written. Plain HTTP is for trying on loopback. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username, password } = new URL(text)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  return isSafe && [search, hash, username, password].every((part) => part === '') && !METADATA.test(text)
}

/** Where an issuer publishes its metadata (OpenID Connect Discovery 1.0, section 4): it is found below the issuer. */
const METADATA = /\/\.well-known\//

export const issuers = () =>
  list('')
    .refine((items) => items.every(isIssuer) && new Set(items).size === items.length, {
      error:
        'must be different https URLs without ?, # and /.well-known/…, several separated by commas; http is for loopback only',
    })
    .meta({ accepts: 'https URLs, separated by commas' })

/** Asymmetric ones only: the API must not hold what tokens can be made with. */
const ALGORITHMS = ['RS', 'PS', 'ES'].flatMap((kind) => ['256', '384', '512'].map((bits) => kind + bits))

export const signatureAlgorithms = (fallback: string) =>
  list(fallback)
    .refine((items) => items.length > 0 && items.every((item) => [...ALGORITHMS, 'EdDSA'].includes(item)), {
      error: `must be of ${ALGORITHMS.join(', ')} and EdDSA, several separated by commas; none that a shared secret signs`,
    })
    .meta({ accepts: 'RS, PS or ES with 256, 384 or 512, or EdDSA; separated by commas' })

/** Null: what is written is no such object. */
function parseRoleGroups(text: string): RoleGroups | null {
  try {
    const given: unknown = JSON.parse(text)
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return null
    const isGood = Object.entries(given).every(
      ([role, groups]) =>
        isRole(role) &&
        Array.isArray(groups) &&
        groups.every((group) => typeof group === 'string' && group !== ''),
    )
    return isGood ? given : null
  } catch {
    return null
  }
}

export const roleGroups = () =>
  z
    .string()
    .default('{}')
    .transform((text, context): RoleGroups => {
      const groups = parseRoleGroups(text)
      if (groups !== null) return groups
      context.addIssue({
        code: 'custom',
        message:
          'must be JSON of roles (viewer, analyst, operator, admin, auditor), each with a list of names of groups',
      })
      return z.NEVER
    })
    .meta({ accepts: 'JSON' })
