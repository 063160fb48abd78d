import { FilterParser } from 'ldapts'
import type { LdapConfig } from '../../../config/ldap.ts'
import { USER } from '../../../config/ldap-settings.ts'
import { type Directory, DirectoryAway } from './directory.ts'
import { comparableDn } from './dn.ts'
import { isActiveDirectory } from './groups.ts'
import { SUBJECTS } from './person.ts'
import { allAway, type Servers } from './servers.ts'

const ANY_GROUP = '(|(member=*)(uniqueMember=*))'
/** Groups that one message names. */
const MAX_NAMED = 5

/**
 * Looks at each server of a directory by the same searches as a sign-in: whether it is who it should be, takes the service
 * account, and has what the settings name.
 * @param groups those that give roles
 * @returns what operators should know all the same; undefined: nothing
 * @throws {DirectoryAway} nobody can sign in; each message names the setting that is wrong, if one is
 */
export async function lookAtSettings(
  { onEach }: Servers,
  config: LdapConfig,
  groups: readonly string[],
): Promise<string | undefined> {
  mustBeFilter(config.people.filter)
  const outcomes = await onEach((directory) => lookAtServer(directory, config, groups))
  const problems = outcomes.flatMap((one) => ('problem' in one ? [one.problem] : []))
  if (problems.length === outcomes.length) throw allAway(problems)
  const notes = outcomes.flatMap((one) => ('result' in one ? one.result : []))
  const some = `${problems.length} of ${outcomes.length} servers of LDAP_URLS cannot be asked: ${problems.join('; ')}`
  const all = [...(problems.length === 0 ? [] : [some]), ...new Set(notes)]
  return all.length === 0 ? undefined : all.join('; ')
}

function mustBeFilter(filter: string): void {
  try {
    FilterParser.parseString(filter.replaceAll(USER, 'x'))
  } catch (error) {
    throw new DirectoryAway(
      `LDAP_USER_FILTER is no filter (${error instanceof Error ? error.message : String(error)}): correct it`,
    )
  }
}

/** @throws {DirectoryAway} the server does not have what a sign-in needs */
async function lookAtServer(
  directory: Directory,
  config: LdapConfig,
  groups: readonly string[],
): Promise<string[]> {
  const notes = await Promise.all([
    lookAtPeople(directory, config),
    lookAtGroups(directory, config),
    lookAtRoles(directory, groups),
  ])
  return notes.filter((note) => note !== null)
}

/** Any of them will do. */
async function lookAtPeople(
  directory: Directory,
  { people: { base, filter, dn } }: LdapConfig,
): Promise<string | null> {
  const found = await directory.look(
    base,
    dn === null
      ? { scope: 'sub', filter: filter.replaceAll(USER, '*'), attributes: SUBJECTS }
      : { scope: 'base', attributes: ['1.1'] },
  )
  if (found === null) throw noEntry(dn === null ? 'LDAP_USER_BASE' : 'LDAP_USER_DN', base)
  if (found === 'unknown' || dn !== null) return null
  const [person] = found
  if (person === undefined)
    return 'nobody is found below LDAP_USER_BASE by LDAP_USER_FILTER, which is (uid={user}) unless it is set, and (sAMAccountName={user}) as a rule in Active Directory'
  const isKnown = SUBJECTS.some((subject) => isGiven(person[subject]))
  if (!isKnown) throw new DirectoryAway(`${NO_SUBJECT}: let it read them`)
  return null
}

const NO_SUBJECT = 'shows LDAP_BIND_DN neither entryUUID nor objectGUID of people'

const isGiven = (value: unknown): boolean =>
  Array.isArray(value) || Buffer.isBuffer(value) ? value.length > 0 : value !== undefined

async function lookAtGroups(directory: Directory, { people, groupBase }: LdapConfig): Promise<string | null> {
  if (groupBase === people.base || (await isActiveDirectory(directory))) return null
  const found = await directory.look(groupBase, { scope: 'sub', filter: ANY_GROUP, attributes: ['1.1'] })
  if (found === null) throw noEntry('LDAP_GROUP_BASE', groupBase)
  return found.length === 0
    ? 'no group with members is found below LDAP_GROUP_BASE: only memberOf of people counts'
    : null
}

/** Such groups give nobody a role. */
async function lookAtRoles(directory: Directory, groups: readonly string[]): Promise<string | null> {
  const asked = groups.filter((group) => comparableDn(group) !== null)
  const found = await Promise.all(
    asked.map((group) => directory.look(group, { scope: 'base', attributes: ['1.1'] })),
  )
  const absent = asked.filter((_, place) => found[place] === null)
  if (absent.length === 0) return null
  const more = absent.length > MAX_NAMED ? ` and ${absent.length - MAX_NAMED} more` : ''
  return `ROLE_GROUPS names groups that the directory does not have, or does not show to LDAP_BIND_DN: ${absent.slice(0, MAX_NAMED).join(' and ')}${more}`
}

const noEntry = (setting: string, base: string) =>
  new DirectoryAway(`has no entry ${base}, or does not show it to LDAP_BIND_DN: correct ${setting}`)
