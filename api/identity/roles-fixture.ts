import { isRole, type Role } from '../../domain/access/role.ts'
import type { IdentityProvider } from './identify.ts'

/** For tests of what roles may: whoever sends `Bearer viewer.auditor` has these roles. */
export const byRoles: IdentityProvider = {
  mode: 'oidc',
  identify: (headers) => {
    const roles = (headers.get('authorization') ?? '').replace('Bearer ', '').split('.').filter(isRole)
    return Promise.resolve({ issuer: 'https://idp', subject: 'u-1', name: 'ann', roles, validUntilMs: null })
  },
  check: () => Promise.resolve(undefined),
}

export const as = (...roles: Role[]) => ({ authorization: `Bearer ${roles.join('.')}` })
