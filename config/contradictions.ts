import { type Contradiction, wireContradictions } from './wire-contradictions.ts'
import { signInContradictions } from './sign-in-contradictions.ts'
import { ldapContradictions } from './ldap-contradictions.ts'
import { isLoopback } from './loopback.ts'
import { isListenHost } from './setting-kinds.ts'

/**
 * Finds settings that are valid by themselves and contradict each other. Settings that are not valid are
 * ignored.
 */
export function contradictions(settings: Record<string, unknown>): Contradiction[] {
  return [
    ...topicsTwice(settings),
    ...noDocuments(settings),
    ...unknownPersons(settings),
    ...halfIdentity(settings),
    ...openApi(settings),
    ...signInContradictions(settings),
    ...ldapContradictions(settings),
    ...wireContradictions(settings),
  ]
}

/** They must differ, or published messages would be read again as logins without end, or rejected. */
const TOPICS = ['KAFKA_TOPIC', 'KAFKA_PROCESSED_TOPIC', 'KAFKA_DLQ_TOPIC', 'KAFKA_AUDIT_HEADS_TOPIC']

function topicsTwice(settings: Record<string, unknown>): Contradiction[] {
  return TOPICS.flatMap((setting, place) => {
    const other = TOPICS.slice(0, place).find((earlier) => isSameTopic(settings[setting], settings[earlier]))
    return other === undefined ? [] : [{ setting, message: `must be another topic than ${other}` }]
  })
}

/**
 * Kafka refuses to create a topic whose name differs from another one's only in . and _, because their
 * metrics would be one.
 */
const isSameTopic = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' &&
  typeof other === 'string' &&
  one.replaceAll('.', '_') === other.replaceAll('.', '_')

/** The API would refuse every question. */
const noDocuments = ({ API_DOCUMENTS: file, API_DOCUMENTS_ONLY: only }: Record<string, unknown>) =>
  only === true && file === undefined
    ? [{ setting: 'API_DOCUMENTS_ONLY', message: 'must be false unless API_DOCUMENTS names a file' }]
    : []

/** The audit keeps pseudonyms: of a key that the next start does not have, they would name nobody. */
const unknownPersons = ({
  AUDIT_READS: reads,
  PSEUDONYM_KEY: key,
  PSEUDONYM_KEY_FILE: file,
}: Record<string, unknown>) =>
  reads === 'persons' && key === undefined && file === undefined
    ? [
        {
          setting: 'AUDIT_READS',
          message:
            'must be none unless PSEUDONYM_KEY or PSEUDONYM_KEY_FILE is given, which tells whom it names',
        },
      ]
    : []

/** Settings any of which is identity, and what each needs. Whoever sets one of those wants identity. */
const IDENTITY = { OIDC_ISSUERS: ['OIDC_AUDIENCE', 'ROLE_GROUPS'], LDAP_URLS: ['ROLE_GROUPS'] }

/** What takes the place of a setting that is not given. */
const INSTEAD: Record<string, string> = { OIDC_AUDIENCE: 'API_PUBLIC_URL' }

function halfIdentity(settings: Record<string, unknown>): { setting: string; message: string }[] {
  const ways = Object.entries(IDENTITY)
  const missing = ways.flatMap(([way, needed]) =>
    isGiven(settings[way])
      ? needed
          .filter((setting) => ![setting, INSTEAD[setting] ?? ''].some((name) => isGiven(settings[name])))
          .map((setting) => ({ setting, message: `must be given with ${way}` }))
      : [],
  )
  const wanting = (setting: string) =>
    ways.filter(([, needed]) => needed.includes(setting)).map(([way]) => way)
  const unused = IDENTITY.OIDC_ISSUERS.filter(
    (setting) => isGiven(settings[setting]) && !wanting(setting).some((way) => isGiven(settings[way])),
  )
  return [
    ...missing,
    ...unused.map((setting) => ({
      setting,
      message: `does nothing without ${wanting(setting).join(' or ')}: set that, too`,
    })),
  ]
}

const isGiven = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined

/** Whoever reached the API would be the operator. */
function openApi({
  API_HOST: host,
  API_WITHOUT_IDENTITY: isWanted,
  OIDC_ISSUERS: issuers,
  LDAP_URLS: servers,
}: Record<string, unknown>): { setting: string; message: string }[] {
  if (isGiven(issuers) || isGiven(servers))
    return isWanted === true
      ? [{ setting: 'API_WITHOUT_IDENTITY', message: 'must be false where OIDC_ISSUERS or LDAP_URLS is set' }]
      : []
  if (typeof host !== 'string' || !isListenHost(host) || isLoopback(host) || isWanted !== false) return []
  const message =
    'must be of loopback, such as 127.0.0.1, unless OIDC_ISSUERS or LDAP_URLS says who may ask; or set API_WITHOUT_IDENTITY=true, ' +
    'if nobody reaches that address who may not do everything'
  return [{ setting: 'API_HOST', message }]
}
