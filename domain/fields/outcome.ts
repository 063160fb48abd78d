import type { Login, Outcome } from '../login/login.ts'

/** Values of `outcome` that are understood, in lower case. Booleans and numbers are read as their JSON text. */
export const outcomeSpellings: Record<Outcome, readonly string[]> = {
  success: [
    ...['success', 'succeeded', 'successful', 'ok', 'pass', 'passed'],
    ...['allow', 'allowed', 'accepted', 'granted', 'true', '1'],
  ],
  failure: [
    ...['failure', 'failed', 'fail', 'unsuccessful', 'error'],
    ...['deny', 'denied', 'reject', 'rejected', 'refused', 'blocked', 'false', '0'],
  ],
  unknown: ['unknown'],
}

const bySpelling: ReadonlyMap<string, Outcome> = new Map(
  (Object.keys(outcomeSpellings) as Outcome[]).flatMap((outcome) =>
    outcomeSpellings[outcome].map((spelling): [string, Outcome] => [spelling, outcome]),
  ),
)

/** Blanks around a text and its case do not matter. */
export const readOutcome = (value: unknown): Outcome => knownOutcome(value) ?? 'unknown'

/** What rules before version 3 read: the two words, in any case. */
export function readOutcomeWord(value: unknown): Outcome {
  const word = typeof value === 'string' ? value.toLowerCase() : value
  return word === 'success' || word === 'failure' ? word : 'unknown'
}

function knownOutcome(value: unknown): Outcome | undefined {
  if (typeof value === 'string') return bySpelling.get(value.trim().toLowerCase())
  return typeof value === 'boolean' || typeof value === 'number' ? bySpelling.get(String(value)) : undefined
}

const SPELLING_MAX_CHARACTERS = 40

/**
 * The outcome that a login was sent with and that is not understood, cut to 40 characters; what is no text is shown
 * as JSON. Null: it had none, or one that is understood.
 */
export function unknownSpelling({ outcome, extra }: Login): string | null {
  // Most logins end here: parsing `extra` of each would cost more than it took to make it.
  if (outcome !== 'unknown' || extra?.includes('"outcome":') !== true) return null
  const { outcome: sent } = JSON.parse(extra) as { outcome?: unknown }
  if (sent === undefined || knownOutcome(sent) !== undefined) return null
  const spelling = typeof sent === 'string' ? sent.trim() : JSON.stringify(sent)
  return Array.from(spelling.slice(0, 2 * SPELLING_MAX_CHARACTERS))
    .slice(0, SPELLING_MAX_CHARACTERS)
    .join('')
}
