import { randomUUID } from 'node:crypto'

/** The forms that the logins of a backlog may have; `plain` is that of the original generator. */
export const messageForms = ['plain', 'blanks', 'unknown-keys', 'non-ascii', 'event-ids', 'outcomes'] as const
export type MessageForm = (typeof messageForms)[number]

/**
 * Writes message `n` of generator/login-source.ts in another form. It means the same to every count that is verified: those are
 * not by outcome.
 */
export const inForm: Record<MessageForm, (message: string, n: number) => string> = {
  plain: (message) => message,
  blanks: asJsonDumps,
  'unknown-keys': (message) => withFields(message, UNKNOWN_KEYS),
  'non-ascii': (message) => withFields(message, NON_ASCII),
  'event-ids': (message) => withFields(message, `"event_id":"${randomUUID()}"`),
  outcomes: (message, n) => withFields(message, outcomeFields(n)),
}

const UNKNOWN_KEYS = '"network":"wifi","client":{"build":4711,"channel":"store"}'
/** A text that Rollcall publishes and keeps as a row. */
const NON_ASCII = '"failure_reason":"Schlüssel abgelaufen"'

/** What a hundred logins in a row say of their outcome: 90 succeed and 8 fail, in several spellings; 2 say what is no outcome. */
const OUTCOMES: readonly [count: number, fields: (n: number) => string][] = [
  [75, () => `"outcome":"success",${sessionField()}`],
  [10, () => `"outcome":"OK",${sessionField()}`],
  [5, () => `"outcome":true,${sessionField()}`],
  [6, (n) => `"outcome":"failure","failure_reason":"${FAILURE_REASONS[n % FAILURE_REASONS.length] ?? ''}"`],
  [2, () => `"outcome":"Denied","failure_reason":"blocked address"`],
  [2, () => `"outcome":"challenge"`],
]
const FAILURE_REASONS = [
  'wrong password',
  'wrong password',
  'unknown user',
  'password expired',
  'account locked',
]
const outcomesOfHundred = OUTCOMES.flatMap(([count, fields]) => Array.from({ length: count }, () => fields))

const sessionField = () => `"session_id":"${randomUUID()}"`

const outcomeFields = (n: number): string => outcomesOfHundred[n % outcomesOfHundred.length]?.(n) ?? ''

const withFields = (message: string, fields: string): string => `${message.slice(0, -1)},${fields}}`

/** As Python's json.dumps writes it: with a blank after each colon and comma. */
function asJsonDumps(message: string): string {
  const fields = Object.entries(JSON.parse(message) as Record<string, unknown>).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  return `{${fields.join(', ')}}`
}
