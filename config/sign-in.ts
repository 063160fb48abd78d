import type { z } from 'zod'
import { Secret, secretOf } from './secret.ts'
import type { settings } from './settings.ts'
import { NO_CLIENT, wayOf } from './sign-in-contradictions.ts'

type Environment = z.infer<typeof settings>

/** How people sign in in a browser. */
export type SignInConfig = {
  /** The origin by which browsers reach the API, such as https://rollcall.example. */
  publicUrl: string
  /** Encrypt what is kept of sign-ins: the first encrypts, all decrypt. */
  keys: Secret
  idleMs: number
  maxMs: number
  clients: OidcClient[]
}

/** The client that the API is at an OpenID provider. */
export type OidcClient = {
  issuer: string
  /** How paths and rows name it. */
  way: string
  id: string
  secret: Secret
  /** Separated by spaces. */
  scopes: string
}

/** Complete, because the environment was checked (config/sign-in-contradictions.ts). Null: nobody signs in. */
export function signInOf(env: Environment): SignInConfig | null {
  const keys = secretOf('SESSION_KEY', env.SESSION_KEY, env.SESSION_KEY_FILE)
  const { API_PUBLIC_URL: publicUrl } = env
  if (keys === null || publicUrl === undefined) return null
  return {
    publicUrl,
    keys,
    idleMs: env.SESSION_IDLE_MINUTES * 60_000,
    maxMs: env.SESSION_MAX_HOURS * 3_600_000,
    clients: clientsOf(env),
  }
}

function clientsOf(env: Environment): OidcClient[] {
  const files = [...env.OIDC_CLIENT_SECRET_FILE]
  return env.OIDC_CLIENT_ID.flatMap((id, place) => {
    if (id === NO_CLIENT) return []
    const issuer = env.OIDC_ISSUERS[place] ?? ''
    const given =
      env.OIDC_CLIENT_SECRET === undefined
        ? new Secret('OIDC_CLIENT_SECRET_FILE', { file: files.shift() ?? '' })
        : new Secret('OIDC_CLIENT_SECRET', { value: env.OIDC_CLIENT_SECRET })
    return [{ issuer, way: wayOf(issuer), id, secret: given, scopes: env.OIDC_SCOPES }]
  })
}

/** Browsers may use the name that they are sent back to. */
export const publicHosts = ({ API_PUBLIC_URL: url }: Environment): string[] =>
  url === undefined ? [] : [new URL(url).hostname]
