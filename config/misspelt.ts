import { distance } from 'fastest-levenshtein'

/** What people write before the names of settings: to keep the variables of many programs apart, or for one process. */
const OWN_PREFIX = /^(ROLLCALL|API|WORKER)_/
/** Beginnings of settings of identity and encryption, which no other program beside Rollcall is likely to use. */
const OURS =
  /^(OIDC|LDAP|AUDIT|SESSION_KEY|PSEUDONYM|ROLE_GROUPS|KAFKA_(TLS|SASL|OAUTHBEARER)|TEMPORAL_(TLS|API)|DATABASE_(PASSWORD|ADMIN|MIGRATE|INGEST|API)|(API|WORKER)_TLS)(?=_|$)/
/**
 * The first word tells whose variable it is. One shorter than this must be right: APP_PORT may be another
 * program's.
 */
const FIRST_WORD_LETTERS = 5
/** A rest shorter than this may differ in one letter only: API_ROOT is no API_PORT. */
const SHORT_LETTERS = 6

/**
 * Finds variables that look like a misspelt setting. Variables that begin with another word are likely
 * another program's and are ignored.
 * @returns one line per variable, which names the setting that it resembles
 */
export function misspeltSettings(
  env: Record<string, string | undefined>,
  settings: readonly string[],
): string[] {
  return Object.keys(env)
    .filter((name) => !settings.includes(name))
    .flatMap((name) => {
      const written = name.toUpperCase().replaceAll(/[-.]/g, '_')
      const meant = nearest(written, settings) ?? nearest(written.replace(OWN_PREFIX, ''), settings)
      if (meant !== null) return [`${name} is not a setting: did you mean ${meant}?`]
      const family = familyOf(written, settings)
      return family.length === 0 ? [] : [`${name} is not a setting; those are ${family.join(', ')}`]
    })
}

/** Settings that begin as a name does, where nobody else's begin so. */
function familyOf(written: string, settings: readonly string[]): string[] {
  const [beginning] = OURS.exec(written) ?? []
  return beginning === undefined ? [] : settings.filter((setting) => OURS.exec(setting)?.[0] === beginning)
}

function nearest(written: string, settings: readonly string[]): string | null {
  const candidates = settings.filter(
    (setting) => isNear(written, setting) || singular(written) === singular(setting),
  )
  const [first] = candidates.sort((a, b) => distance(written, a) - distance(written, b))
  return first ?? null
}

/** A name without what makes its words plural. */
const singular = (name: string): string =>
  name
    .split('_')
    .map((word) => (word.length < FIRST_WORD_LETTERS ? word : word.replace(/IES$/, 'Y').replace(/S$/, '')))
    .join('_')

function isNear(written: string, setting: string): boolean {
  const [word, rest] = splitName(written)
  const [meantWord, meantRest] = splitName(setting)
  const isOurs = word === meantWord || (meantWord.length >= FIRST_WORD_LETTERS && isSlip(word, meantWord, 1))
  return isOurs && isSlip(rest, meantRest, meantRest.length < SHORT_LETTERS ? 1 : 2)
}

const splitName = (name: string): [string, string] => {
  const end = name.indexOf('_')
  return end === -1 ? [name, ''] : [name.slice(0, end), name.slice(end + 1)]
}

/** Whether at most `most` letters are missing, too many or wrong, or two letters are swapped. */
function isSlip(written: string, meant: string, most: number): boolean {
  const slips = distance(written, meant)
  return slips <= most || (slips === 2 && lettersOf(written) === lettersOf(meant))
}

const lettersOf = (word: string): string => word.split('').sort().join('')
