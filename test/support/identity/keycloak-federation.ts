import { expect } from 'vitest'
import type { Keycloak } from './keycloak.ts'
import { REALM } from './keycloak-realm.ts'
import { ACCOUNT, GROUPS, PEOPLE } from './people.ts'

const PROVIDER = 'org.keycloak.storage.UserStorageProvider'
/** Groups of the directory are below this one, apart from those of the realm. */
const BELOW = 'directory'

/** As its Admin REST API takes the settings of a component: each is a list. */
const lists = (settings: Record<string, string>) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, [value]]))

/**
 * Has the realm look for people and their groups in a directory, too. Direct groups count.
 * https://www.keycloak.org/docs/latest/server_admin/#_ldap
 */
export async function federate({ admin }: Keycloak, ldaps: string): Promise<void> {
  await admin('POST', '/groups', { name: BELOW })
  await admin('POST', '/components', {
    ...{ name: 'directory', providerId: 'ldap', providerType: PROVIDER, parentId: REALM },
    config: lists({
      ...{ enabled: 'true', priority: '0', vendor: 'other', editMode: 'READ_ONLY', importEnabled: 'true' },
      ...{ connectionUrl: ldaps, useTruststoreSpi: 'always', authType: 'simple', cachePolicy: 'NO_CACHE' },
      ...{ bindDn: ACCOUNT.dn, bindCredential: ACCOUNT.password, usersDn: PEOPLE, searchScope: '2' },
      ...{ usernameLDAPAttribute: 'uid', rdnLDAPAttribute: 'cn', uuidLDAPAttribute: 'entryUUID' },
      ...{ userObjectClasses: 'inetOrgPerson', trustEmail: 'true', pagination: 'true' },
    }),
  })
  const [directory] = (await admin('GET', `/components?name=directory&type=${PROVIDER}`)) as { id: string }[]
  await admin('POST', '/components', {
    ...{
      name: 'groups',
      providerId: 'group-ldap-mapper',
      parentId: directory?.id ?? expect.fail('it has none'),
    },
    providerType: 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper',
    config: lists({
      ...{ 'groups.dn': GROUPS, 'group.object.classes': 'groupOfNames', 'group.name.ldap.attribute': 'cn' },
      ...{ 'membership.ldap.attribute': 'member', 'membership.attribute.type': 'DN', mode: 'READ_ONLY' },
      ...{ 'membership.user.ldap.attribute': 'uid', 'memberof.ldap.attribute': 'memberOf' },
      ...{ 'user.roles.retrieve.strategy': 'LOAD_GROUPS_BY_MEMBER_ATTRIBUTE' },
      ...{
        'preserve.group.inheritance': 'false',
        'ignore.missing.groups': 'false',
        'groups.path': `/${BELOW}`,
      },
    }),
  })
}
