import type { Contradiction } from './wire-contradictions.ts'

type Given = Record<string, unknown>

/** Half a directory: what would not be used, and what is missing. */
export function ldapContradictions(given: Given): Contradiction[] {
  const names = Object.keys(given).filter((name) => name.startsWith('LDAP_') && isGiven(given, name))
  if (!isGiven(given, 'LDAP_URLS'))
    return names.map((setting) => ({ setting, message: 'does nothing without LDAP_URLS: set that, too' }))
  return [...account(given), ...people(given), ...noDn(given)]
}

const isGiven = (given: Given, name: string): boolean => {
  const value = given[name]
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}

function account(given: Given): Contradiction[] {
  const missing = ['LDAP_BIND_DN', 'LDAP_BIND_PASSWORD'].filter(
    (name) => !isGiven(given, name) && !isGiven(given, `${name}_FILE`),
  )
  return missing.map((setting) => ({
    setting,
    message: `must be given with LDAP_URLS${setting.endsWith('PASSWORD') ? ', or LDAP_BIND_PASSWORD_FILE' : ''}: a service account finds people, and reads their groups again`,
  }))
}

function people(given: Given): Contradiction[] {
  const others = ['LDAP_USER_BASE', 'LDAP_USER_FILTER'].filter((name) => isGiven(given, name))
  if (isGiven(given, 'LDAP_USER_DN'))
    return others.map((setting) => ({ setting, message: 'must not be set beside LDAP_USER_DN' }))
  return isGiven(given, 'LDAP_USER_BASE')
    ? []
    : [{ setting: 'LDAP_USER_BASE', message: 'must be given with LDAP_URLS, or LDAP_USER_DN' }]
}

/** The name of a group is not unique in a directory: who may make groups in one place could take that of another. */
function noDn({ ROLE_GROUPS: groups }: Given): Contradiction[] {
  if (typeof groups !== 'object' || groups === null) return []
  const names = Object.values(groups as Record<string, string[]>).flat()
  return names.length === 0 || names.some((name) => /^[a-z][a-z0-9.-]*\s*=.*,/i.test(name))
    ? []
    : [
        {
          setting: 'ROLE_GROUPS',
          message:
            'must name groups of the directory by their DN, such as cn=oncall,ou=groups,dc=corp,dc=example',
        },
      ]
}
