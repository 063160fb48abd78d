/** The forms that the logins of a backlog may have; `plain` is that of the original generator. */
export const messageForms = ['plain', 'blanks', 'unknown-keys', 'non-ascii'] as const
export type MessageForm = (typeof messageForms)[number]

/** Writes a message of generator/login-source.ts in another form that means the same to every count. */
export const inForm: Record<MessageForm, (message: string) => string> = {
  plain: (message) => message,
  blanks: asJsonDumps,
  'unknown-keys': (message) => withFields(message, UNKNOWN_KEYS),
  'non-ascii': (message) => withFields(message, NON_ASCII),
}

const UNKNOWN_KEYS = '"network":"wifi","client":{"build":4711,"channel":"store"}'
/** A text that Rollcall publishes and keeps as a row. */
const NON_ASCII = '"failure_reason":"Schlüssel abgelaufen"'

const withFields = (message: string, fields: string): string => `${message.slice(0, -1)},${fields}}`

/** As Python's json.dumps writes it: with a blank after each colon and comma. */
function asJsonDumps(message: string): string {
  const fields = Object.entries(JSON.parse(message) as Record<string, unknown>).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  return `{${fields.join(', ')}}`
}
