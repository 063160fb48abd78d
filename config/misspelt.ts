import { distance } from 'fastest-levenshtein'

/** Written before a setting's name by people who keep the variables of many programs apart. */
const OWN_PREFIX = /^ROLLCALL_/
/** The first word says whose a variable is; one that is shorter must be right: APP_PORT is another program's API_PORT. */
const FIRST_WORD_LETTERS = 5
/** A short word that differs in more letters is another word: API_ROOT is no API_PORT. */
const SHORT = 6

/**
 * Variables that look like a setting and are none, a line each. Nothing is said of what is likely another program's: its name
 * begins with another word.
 */
export function misspeltSettings(
  env: Record<string, string | undefined>,
  settings: readonly string[],
): string[] {
  return Object.keys(env)
    .filter((name) => !settings.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, settings)
      return meant === null ? [] : [`${name} is not a setting: did you mean ${meant}?`]
    })
}

function nearest(name: string, settings: readonly string[]): string | null {
  const written = name.toUpperCase().replaceAll(/[-.]/g, '_').replace(OWN_PREFIX, '')
  const candidates = settings.filter((setting) => isNear(written, setting))
  const [first] = candidates.sort((a, b) => distance(written, a) - distance(written, b))
  return first ?? null
}

function isNear(written: string, setting: string): boolean {
  const [word, rest] = splitName(written)
  const [meantWord, meantRest] = splitName(setting)
  const isOurs = word === meantWord || (meantWord.length >= FIRST_WORD_LETTERS && isSlip(word, meantWord, 1))
  return isOurs && isSlip(rest, meantRest, meantRest.length < SHORT ? 1 : 2)
}

const splitName = (name: string): [string, string] => {
  const end = name.indexOf('_')
  return end === -1 ? [name, ''] : [name.slice(0, end), name.slice(end + 1)]
}

/** At most `most` letters missing, too many or others; or two in each other's place. */
function isSlip(written: string, meant: string, most: number): boolean {
  const slips = distance(written, meant)
  return slips <= most || (slips === 2 && lettersOf(written) === lettersOf(meant))
}

const lettersOf = (word: string): string => word.split('').sort().join('')
