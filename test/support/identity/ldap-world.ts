import { vi } from 'vitest'
import { createLdapWay } from '../../../api/identity/ldap/ldap-way.ts'
import { loadConfig } from '../../../config/config.ts'

/** Makes ways to sign in by a directory from settings, with what they log. */
export function createLdapWorld(roleGroups: Record<string, string[]>) {
  const logged = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  return {
    logged,
    wayTo: (settings: Record<string, string>) => {
      const { ldap } = loadConfig({
        ...{ ROLE_GROUPS: JSON.stringify(roleGroups), API_PUBLIC_URL: 'https://rollcall.example' },
        ...{ SESSION_KEY: 'k'.repeat(32), ...settings },
      })
      if (ldap === null) throw new Error('no directory is configured')
      return createLdapWay(ldap, Object.values(roleGroups).flat(), logged, Date.now)
    },
  }
}
