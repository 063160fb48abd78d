import type { z } from 'zod'
import type { TlsClient } from '../tls/tls-client.ts'
import type { settings } from './settings.ts'
import { providerTls } from './wires.ts'

/** Whose access tokens the API takes. */
export type IdentityConfig = {
  issuers: string[]
  audience: string
  algorithms: string[]
  /** The header `typ` that tokens must have; null: any. */
  tokenType: string | null
  groupsClaim: string
  /** How providers are proven. */
  tls: TlsClient
}

/** Null: local mode. */
export const identityOf = (env: z.infer<typeof settings>): IdentityConfig | null =>
  env.OIDC_ISSUERS.length === 0
    ? null
    : {
        issuers: env.OIDC_ISSUERS,
        audience: env.OIDC_AUDIENCE ?? env.API_PUBLIC_URL ?? '',
        algorithms: env.OIDC_ALGORITHMS,
        tokenType: env.OIDC_TOKEN_TYPE === 'any' ? null : env.OIDC_TOKEN_TYPE,
        groupsClaim: env.OIDC_GROUPS_CLAIM,
        tls: providerTls(env.OIDC_CA_FILE),
      }
