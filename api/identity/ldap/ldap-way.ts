import { setTimeout as sleep } from 'node:timers/promises'
import type { LdapConfig } from '../../../config/ldap.ts'
import type { Logger } from '../../context/logger.ts'
import { type PasswordWay, SignInRefused } from '../sessions/sign-in-way.ts'
import { whyUnusable } from './account-state.ts'
import type { Directory } from './directory.ts'
import { createDirectoryReadiness } from './directory-readiness.ts'
import { groupsAmong } from './groups.ts'
import { lookAtSettings } from './look-at-settings.ts'
import { findPerson, findSubject, type Person } from './person.ts'
import { createServers } from './servers.ts'
import { isAskable } from './typed-name.ts'

/** A refusal takes this long at least, so that its time tells nobody whether there is such a user. */
const REFUSAL_MS = 500
/** Nobody has this name: the directory is asked for a password all the same where there is no such user. */
const NOBODY = 'cn=nobody-3f1b6c'

/** The same for every reason, so that strangers learn nothing of accounts. */
const refused = (isOfKnownName: boolean) =>
  new SignInRefused('that is not the name and password of somebody who may sign in here', { isOfKnownName })

/**
 * People of a directory, who prove who they are by their password.
 * @param groups those that give roles; names that are no DN are of other ways
 * @param clock Unix milliseconds
 */
export function createLdapWay(
  config: LdapConfig,
  groups: readonly string[],
  logger: Logger,
  clock: () => number,
): PasswordWay {
  const { people } = config
  const servers = createServers(config, clock)

  const refuse = (why: string, person: Person | null = null) => {
    logger.info({ reason: why, subject: person?.subject }, 'a sign-in by LDAP was refused')
    return refused(person !== null)
  }
  const prove = async (
    directory: Directory,
    asAccount: () => Promise<void>,
    user: string,
    password: string,
  ) => {
    const person = await findPerson(directory, people, user)
    const refusal = await directory.bind(person?.dn ?? `${NOBODY},${people.base}`, password)
    if (person === null) throw refuse('the name is of nobody, or of several')
    if (refusal !== null) throw refuse(`the directory refuses the password (${refusal})`, person)
    const why = whyUnusable(person, clock())
    if (why !== null) throw refuse(`of the account: ${why}`, person)
    await asAccount()
    return person
  }
  return {
    ...{ kind: 'password', id: 'ldap', label: 'LDAP', method: 'LDAP' },
    async check(user, password) {
      const enough = sleep(REFUSAL_MS)
      try {
        if (!isAskable(user, password)) throw refuse('the name or the password cannot be one')
        return await servers.onFirst(async (directory, asAccount) => {
          const person = await prove(directory, asAccount, user, password)
          return {
            ...{ issuer: issuerOf(config), subject: person.subject, name: person.name },
            groups: await groupsAmong(directory, config, person, groups),
            ...{ providerSession: null, secret: null },
          }
        })
      } catch (error) {
        if (error instanceof SignInRefused) await enough
        throw error
      }
    },
    ready: createDirectoryReadiness(() => lookAtSettings(servers, config, groups), logger, clock),
    readGroups: ({ subject }) =>
      servers.onFirst(async (directory) => {
        const person = await findSubject(directory, people, subject)
        if (person === null) throw new SignInRefused('the directory has nobody of this name any more')
        const why = whyUnusable(person, clock())
        if (why !== null) throw new SignInRefused(`your account may not be used: ${why}`)
        return {
          groups: await groupsAmong(directory, config, person, groups),
          name: person.name,
          secret: null,
        }
      }),
  }
}

/** The place of its people, and not a server: servers come and go. https://datatracker.ietf.org/doc/html/rfc4516 */
export const issuerOf = ({ people }: Pick<LdapConfig, 'people'>): string =>
  `ldap:///${people.base
    .split(',')
    .map((part) => encodeURIComponent(part.trim()))
    .join(',')
    .replaceAll('%3D', '=')}`
