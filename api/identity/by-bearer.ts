import { unauthenticated } from '../context/refused-identity.ts'
import { bearerToken } from './bearer-token.ts'
import type { IdentityProvider } from './identify.ts'
import type { ServiceTokens } from './service-tokens/service-tokens.ts'
import { PREFIX } from './service-tokens/token-text.ts'

/**
 * Identifies by the header Authorization: service tokens, and the access tokens of OpenID providers.
 * @param oidc null: no access tokens are taken
 */
export const byBearer = (serviceTokens: ServiceTokens, oidc: IdentityProvider | null): IdentityProvider => ({
  mode: 'oidc',
  identify: async (headers, address) => {
    const token = bearerToken(headers)
    if (token.startsWith(PREFIX)) return await serviceTokens.identify(token, address)
    if (oidc !== null) return await oidc.identify(headers, address)
    throw unauthenticated('the token is no service token, and this API takes no others')
  },
  check: async () => await oidc?.check(),
  watch: (actor, end) => serviceTokens.watch(actor, end) ?? (() => undefined),
})
