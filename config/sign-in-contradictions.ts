import type { Contradiction } from './wire-contradictions.ts'

type Given = Record<string, unknown>

/** A client of this name is none: nobody signs in at that issuer in a browser. */
export const NO_CLIENT = '-'

/** An issuer as part of a path, such as idp-example-realms-staff: the same as long as the issuer is. */
export const wayOf = (issuer: string): string =>
  issuer
    .replace(/^https?:\/\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

/** What browsers need besides a way to sign in. */
const NEEDED = ['API_PUBLIC_URL', 'SESSION_KEY'] as const
/** Settings any of which makes a way to sign in in a browser. */
const WAYS = ['OIDC_CLIENT_ID', 'LDAP_URLS'] as const

/** Half a sign-in: what would not be used, and what is missing. */
export const signInContradictions = (given: Given): Contradiction[] => [
  ...halfSession(given),
  ...clients(given),
  ...keysTwice(given),
]

const listOf = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : [])

/** A setting, or the one with a file that stands for it. */
const isGiven = (given: Given, name: string): boolean =>
  [given[name], given[`${name}_FILE`]].some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  )

/** Which of the two was given. */
const givenName = (given: Given, name: string): string =>
  isGiven({ [name]: given[name] }, name) ? name : `${name}_FILE`

function halfSession(given: Given): Contradiction[] {
  const way = WAYS.find((name) => isGiven(given, name))
  if (way !== undefined)
    return NEEDED.filter((name) => !isGiven(given, name)).map((setting) => ({
      setting,
      message: `must be given with ${way}`,
    }))
  return NEEDED.filter((name) => isGiven(given, name)).map((name) => ({
    setting: givenName(given, name),
    message: `does nothing without ${WAYS.join(' or ')}: set that, too`,
  }))
}

function clients(given: Given): Contradiction[] {
  const ids = listOf(given['OIDC_CLIENT_ID'])
  const issuers = listOf(given['OIDC_ISSUERS'])
  if (ids.length === 0)
    return isGiven(given, 'OIDC_CLIENT_SECRET')
      ? [
          {
            setting: givenName(given, 'OIDC_CLIENT_SECRET'),
            message: 'does nothing without OIDC_CLIENT_ID: set that, too',
          },
        ]
      : []
  if (ids.length !== issuers.length)
    return [
      {
        setting: 'OIDC_CLIENT_ID',
        message: `must have one client for each of OIDC_ISSUERS, of which there are ${issuers.length}, in their order; ${NO_CLIENT} where nobody signs in`,
      },
    ]
  if (new Set(issuers.map(wayOf)).size < issuers.length)
    return [
      { setting: 'OIDC_ISSUERS', message: 'must differ in letters and digits, with which paths name them' },
    ]
  return secrets(given, ids.filter((id) => id !== NO_CLIENT).length)
}

function secrets(given: Given, count: number): Contradiction[] {
  const files = listOf(given['OIDC_CLIENT_SECRET_FILE'])
  const setting = 'OIDC_CLIENT_SECRET_FILE'
  if (count === 0)
    return [{ setting: 'OIDC_CLIENT_ID', message: `must have a client other than ${NO_CLIENT}` }]
  if (given['OIDC_CLIENT_SECRET'] !== undefined) {
    if (files.length > 0)
      return [{ setting: 'OIDC_CLIENT_SECRET', message: `must not be set beside ${setting}` }]
    return count === 1
      ? []
      : [
          {
            setting: 'OIDC_CLIENT_SECRET',
            message: `is for one client: set ${setting}, with a file for each`,
          },
        ]
  }
  return files.length === count
    ? []
    : [
        {
          setting,
          message: `must have a file for each client of OIDC_CLIENT_ID, of which there are ${count}`,
        },
      ]
}

const keysTwice = (given: Given): Contradiction[] =>
  given['SESSION_KEY'] !== undefined && given['SESSION_KEY_FILE'] !== undefined
    ? [{ setting: 'SESSION_KEY', message: 'must not be set beside SESSION_KEY_FILE' }]
    : []
