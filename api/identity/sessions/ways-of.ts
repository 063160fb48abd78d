import type { Config } from '../../../config/config.ts'
import type { Logger } from '../../context/logger.ts'
import { createLdapWay } from '../ldap/ldap-way.ts'
import { createProviderFetch } from '../provider-fetch.ts'
import { createOidcWay } from './oidc/oidc-way.ts'
import type { SignInWay } from './sign-in-way.ts'

/**
 * The ways to sign in in a browser that the configuration names, by their ids.
 * @param clock Unix milliseconds
 */
export function waysOf(config: Config, clock: () => number, logger: Logger): Map<string, SignInWay> {
  const { ldap, roleGroups } = config
  const groups = Object.values(roleGroups).flat()
  const directory = ldap === null ? [] : [createLdapWay(ldap, groups, logger, clock)]
  return new Map([...oidcWays(config, clock), ...directory].map((way) => [way.id, way]))
}

function oidcWays({ identity, signIn }: Config, clock: () => number): SignInWay[] {
  if (identity === null || signIn === null) return []
  const { publicUrl } = signIn
  const { algorithms, groupsClaim, tls } = identity
  const fetch = createProviderFetch(tls)
  return signIn.clients.map((client) =>
    createOidcWay(client, { publicUrl, algorithms, groupsClaim, fetch, clock }),
  )
}
