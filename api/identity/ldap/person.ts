import { AndFilter, EqualityFilter, FilterParser, OrFilter, type Entry } from 'ldapts'
import { type LdapConfig } from '../../../config/ldap.ts'
import { USER } from '../../../config/ldap-settings.ts'
import { STATE_ATTRIBUTES } from './account-state.ts'
import type { Directory } from './directory.ts'
import { dnValue, filterValue } from './typed-name.ts'

/** Somebody's entry. */
export type Person = {
  dn: string
  /** The same for ever: the UUID that the directory gave to the entry. */
  subject: string
  /** What people call them. */
  name: string
  memberOf: string[]
  /** The first value of an attribute. */
  text: (attribute: string) => string | null
}

/** What the directory knows an entry by, for ever. */
export const SUBJECTS = ['entryUUID', 'objectGUID']
const NAMES = ['uid', 'sAMAccountName', 'cn']
/** One more than there may be: a name must mean one person. */
const SIZE_LIMIT = 2
const WANTED = {
  attributes: [...SUBJECTS, 'memberOf', ...NAMES, ...STATE_ATTRIBUTES],
  explicitBufferAttributes: ['objectGUID'],
  sizeLimit: SIZE_LIMIT,
}

/** Somebody by the name that they typed. Null: there is nobody, or there are several. */
export async function findPerson(
  directory: Directory,
  { base, filter, dn }: LdapConfig['people'],
  user: string,
): Promise<Person | null> {
  // By functions, because a text would be searched for $&.
  const found =
    dn === null
      ? await directory.search(base, {
          ...WANTED,
          scope: 'sub',
          filter: filter.replaceAll(USER, () => filterValue(user)),
        })
      : await directory.search(
          dn.replaceAll(USER, () => dnValue(user)),
          { ...WANTED, scope: 'base' },
        )
  return onlyOne(found)
}

/** Somebody by their subject, as long as LDAP_USER_FILTER finds them. Null: there is nobody any more. */
export async function findSubject(
  directory: Directory,
  { base, filter, dn }: LdapConfig['people'],
  subject: string,
): Promise<Person | null> {
  const own = new OrFilter({
    filters: [
      new EqualityFilter({ attribute: 'entryUUID', value: subject }),
      new EqualityFilter({ attribute: 'objectGUID', value: guidBytes(subject) }),
    ],
  })
  const others = dn === null ? [FilterParser.parseString(filter.replaceAll(USER, '*'))] : []
  const both = new AndFilter({ filters: [own, ...others] })
  return onlyOne(await directory.search(base, { ...WANTED, scope: 'sub', filter: both }))
}

function onlyOne(found: Entry[]): Person | null {
  const [entry, another] = found
  return entry === undefined || another !== undefined ? null : personOf(entry)
}

/** @throws {Error} the directory gives its entries no UUID, or shows none to the service account */
function personOf(entry: Entry): Person {
  const values = (attribute: string): (string | Buffer)[] => {
    const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase())
    return name === undefined ? [] : [entry[name] ?? []].flat()
  }
  const text = (attribute: string) => values(attribute)[0]?.toString() ?? null
  const guid = values('objectGUID')[0]
  const subject = guid === undefined ? text('entryUUID')?.toLowerCase() : guidText(Buffer.from(guid))
  if (subject === undefined)
    throw new Error(
      'the directory shows LDAP_BIND_DN neither entryUUID nor objectGUID of people: let it read them',
    )
  const name = NAMES.map(text).find((one) => one !== null) ?? entry.dn
  return { dn: entry.dn, subject, name, memberOf: values('memberOf').map(String), text }
}

/** The first three parts are of the other byte order: https://learn.microsoft.com/en-us/windows/win32/api/guiddef/ns-guiddef-guid */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

function guidText(bytes: Buffer): string {
  const hex = Buffer.from(GUID_ORDER.map((place) => bytes[place] ?? 0)).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
  return Buffer.from(GUID_ORDER.map((place) => bytes[place] ?? 0))
}
