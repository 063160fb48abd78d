import type { Config } from '../../config/config.ts'
import type { Logger } from '../../config/logger.ts'
import type { IdentityProvider } from './identify.ts'
import { localMode } from './local-mode.ts'
import { createOidc } from './oidc.ts'

/** The provider that the configuration names. It is asked at once, and needed only when somebody asks. */
export function identityOf(config: Config, logger: Logger): IdentityProvider {
  const { identity: oidc } = config
  const identity = oidc === null ? localMode : createOidc(oidc, Date.now)
  if (oidc !== null && config.pseudonymKey === null)
    logger.warn(
      {},
      'PSEUDONYM_KEY is not set: roles that may not see persons see other pseudonyms after a restart, and from other APIs',
    )
  identity.check().then(
    (said) => {
      logger.info({}, said ?? 'access tokens are taken of OIDC_ISSUERS')
    },
    (error: unknown) => {
      logger.warn({ err: error }, 'nobody can be identified until the identity provider answers')
    },
  )
  return identity
}
