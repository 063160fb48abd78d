/** Parameters of a Postgres URL that say how its wire is encrypted, named as libpq has them. */
export const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const

/** All parameters that a Postgres URL may have. Others would be sent to the server, over the settings that Rollcall relies on. */
const PARAMETERS = [...TLS_PARAMETERS, 'hostaddr']

/**
 * What is wrong with the parameters of a Postgres URL; null: nothing. Modes that encrypt without checking who answers are
 * refused, because whoever can read the wire can also answer on it.
 */
export function postgresParametersProblem(parameters: URLSearchParams): string | null {
  const mode = parameters.get('sslmode') ?? 'disable'
  const given = [...parameters.keys()].filter((name) => name.startsWith('ssl'))
  const unknown = given.find((name) => !TLS_PARAMETERS.some((known) => known === name))
  if (unknown !== undefined)
    return `must have no parameter ${safe(unknown)}: TLS is sslmode=verify-full, ${FILES}`
  const names = [...parameters.keys()]
  if (!names.every((name) => PARAMETERS.includes(name)) || new Set(names).size < names.length)
    return `must have no parameters but ${PARAMETERS.join(', ')}, each once`
  if (mode !== 'disable' && mode !== 'verify-full')
    return `must have sslmode=verify-full, ${FILES}, or sslmode=disable: other modes encrypt without checking who answers`
  if (mode === 'disable' && given.some((name) => name !== 'sslmode'))
    return 'must have sslmode=verify-full for sslrootcert, sslcert and sslkey to count'
  if (parameters.has('sslcert') !== parameters.has('sslkey'))
    return 'must have both sslcert and sslkey, or neither'
  return null
}

const FILES = 'with the PEM file of its CA as sslrootcert'

/** What follows a password that is not encoded could be taken for a parameter. */
const safe = (name: string): string => (/^ssl[a-z_]{0,20}$/.test(name) ? name : 'that begins with ssl')
