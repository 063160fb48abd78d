import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { MIN_KEY_CHARACTERS } from './secret.ts'
import { integer, list, text } from './setting-kinds.ts'

// Settings of people who sign in in a browser.

/** Cookies are for a whole host, so the API has one to itself; they are safe in plain HTTP on loopback only. */
function publicOrigin(given: string): string | null {
  const url = URL.parse(given)
  if (url === null || !/^https?:\/\/[^/?#@\\\s]+\/?$/i.test(given)) return null
  return url.protocol === 'https:' || isLoopback(url.hostname) ? url.origin : null
}

const publicUrl = () =>
  z
    .string()
    .optional()
    .transform((given, context) => {
      if (given === undefined) return undefined
      const origin = publicOrigin(given)
      if (origin !== null) return origin
      context.addIssue({
        code: 'custom',
        message: 'must be such as https://rollcall.example, without a path; http is for loopback only',
      })
      return z.NEVER
    })
    .meta({ accepts: 'an https URL without a path' })

const isKeys = (keys: string): boolean =>
  keys
    .trim()
    .split(/\s+/)
    .every((key) => key.length >= MIN_KEY_CHARACTERS)

export const oidcClient = {
  OIDC_CLIENT_ID: list('')
    .meta({ accepts: 'any text, several separated by commas' })
    .describe(
      'Client by which people sign in in a browser; with several `OIDC_ISSUERS` one for each, in their order, `-` for those without. Unset, nobody signs in in a browser.',
    ),
  OIDC_CLIENT_SECRET: z.string().min(1).optional().meta({
    accepts: 'any text',
    description: 'Its secret, where there is one client.',
  }),
  OIDC_CLIENT_SECRET_FILE: list('')
    .meta({ accepts: 'paths, separated by commas' })
    .describe('Files with the secrets instead, one for each client that is not `-`, in their order.'),
  OIDC_SCOPES: text('openid profile email')
    .refine((scopes) => /(^| )openid( |$)/.test(scopes) && !scopes.includes(','), {
      error: 'must have openid, and others separated by spaces',
    })
    .meta({ accepts: 'openid and others' })
    .describe(
      'Scopes that a sign-in asks for, separated by spaces. Some providers give groups or refresh tokens for a scope of their own.',
    ),
}

export const session = {
  API_PUBLIC_URL: publicUrl().describe(
    'Where browsers reach the API, to which identity providers send people back.',
  ),
  SESSION_KEY: z
    .string()
    .refine(isKeys, {
      error: `must be a secret of at least ${MIN_KEY_CHARACTERS} characters, such as \`openssl rand -base64 32\` prints, or several separated by spaces`,
    })
    .optional()
    .meta({
      accepts: `a secret of ${MIN_KEY_CHARACTERS} characters or more`,
      description:
        'Encrypts what the API keeps of sign-ins, with AES-256-GCM. Several, separated by spaces: the first encrypts, all decrypt.',
    }),
  SESSION_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .meta({ accepts: 'a path', description: 'File with the secret instead, or several, one a line.' }),
  SESSION_IDLE_MINUTES: integer(60, 1, 10_080).describe('Minutes without use after which a session ends.'),
  SESSION_MAX_HOURS: integer(12, 1, 720).describe('Hours after which a session ends in any case.'),
}
