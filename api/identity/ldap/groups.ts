import type { LdapConfig } from '../../../config/ldap.ts'
import type { Directory } from './directory.ts'
import { comparableDn } from './dn.ts'
import type { Person } from './person.ts'
import { filterValue } from './typed-name.ts'

/** What says that a server is Active Directory, or speaks like it. */
const ACTIVE_DIRECTORY = '1.2.840.113556.1.4.800'
/** Its matching rule that follows groups within groups: https://learn.microsoft.com/en-us/windows/win32/adsi/search-filter-syntax */
const IN_CHAIN = '1.2.840.113556.1.4.1941'
/** Groups within groups are followed this far. */
const MAX_LEVELS = 10
/** Groups that one person is followed through. */
const MAX_GROUPS = 5_000
/** Members that one search asks for. */
const ASKED_TOGETHER = 50

/**
 * Which of these groups somebody is in, directly or through other groups, as they are written here.
 * @param wanted DNs of groups; names that are no DN are of other ways to sign in
 */
export async function groupsAmong(
  directory: Directory,
  { groupBase }: Pick<LdapConfig, 'groupBase'>,
  person: Person,
  wanted: readonly string[],
): Promise<string[]> {
  const groups = wanted.filter((group) => comparableDn(group) !== null)
  if (await isActiveDirectory(directory)) return await inChain(directory, person, groups)
  const held = await heldGroups(directory, groupBase, person)
  return groups.filter((group) => held.has(comparableDn(group) ?? ''))
}

export async function isActiveDirectory(directory: Directory): Promise<boolean> {
  const [root] = await directory.search('', { scope: 'base', attributes: ['supportedCapabilities'] })
  return [root?.['supportedCapabilities'] ?? []].flat().some((one) => one.toString() === ACTIVE_DIRECTORY)
}

/** Asks of each group, so that it does not matter how many groups there are. */
async function inChain(directory: Directory, { dn }: Person, groups: string[]): Promise<string[]> {
  const isIn = await Promise.all(
    groups.map(async (group) => {
      const filter = `(memberOf:${IN_CHAIN}:=${filterValue(group)})`
      return (await directory.search(dn, { scope: 'base', filter, attributes: ['1.1'] })).length > 0
    }),
  )
  return groups.filter((_, place) => isIn[place])
}

/** All groups of somebody, as comparable DNs: what the entry says, and what lists it, level by level. */
async function heldGroups(directory: Directory, base: string, person: Person): Promise<Set<string>> {
  const held = new Set<string>()
  /** Adds groups, and returns those that are new. */
  const add = (dns: readonly string[]) =>
    dns.filter((dn) => {
      const comparable = comparableDn(dn)
      if (comparable === null || held.has(comparable) || held.size >= MAX_GROUPS) return false
      held.add(comparable)
      return true
    })
  let members = [person.dn, ...add(person.memberOf)]
  for (let level = 0; level < MAX_LEVELS && members.length > 0; level++)
    members = add(await groupsListing(directory, base, members))
  return held
}

async function groupsListing(
  directory: Directory,
  base: string,
  members: readonly string[],
): Promise<string[]> {
  const found: string[] = []
  for (let at = 0; at < members.length; at += ASKED_TOGETHER) {
    const asked = members.slice(at, at + ASKED_TOGETHER).map(filterValue)
    const filter = `(|${asked.map((dn) => `(member=${dn})(uniqueMember=${dn})`).join('')})`
    const entries = await directory.search(base, { scope: 'sub', filter, attributes: ['1.1'], paged: true })
    found.push(...entries.map(({ dn }) => dn))
  }
  return found
}
