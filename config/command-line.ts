import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { isLoopback } from './loopback.ts'

/** Where the command line finds the API, and what it proves itself by. */
export type CommandLineConfig = {
  /** Without a slash at its end. */
  url: string
  isLoopback: boolean
  /** Null: local mode, in which whoever asks gives a name. */
  token: string | null
  /** PEM of the CAs that may have issued the certificate of the API; null: those that Node.js trusts. */
  ca: string | null
  /** Who is named in local mode. */
  user: string
}

/** A setting of the command line is wrong; `message` says which, and never its value. */
export class CommandLineConfigError extends Error {
  override name = 'CommandLineConfigError'
}

const DEFAULT_URL = 'http://127.0.0.1:4000'

/** The settings, for `rollcall --help`. */
export const commandLineSettings: Readonly<Record<string, string>> = {
  ROLLCALL_URL: `where the API is; default ${DEFAULT_URL}`,
  ROLLCALL_TOKEN_FILE: 'file with a service token or an access token; unset: local mode',
  ROLLCALL_TOKEN: 'the token itself',
  ROLLCALL_CA_FILE: 'PEM file of the CAs of the API; unset: those that Node.js trusts',
}

/** Reads the settings of the command line. @throws {CommandLineConfigError} */
export function loadCommandLineConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): CommandLineConfig {
  const given = (name: string) => (env[name] === '' ? undefined : env[name])
  const url = parseUrl(given('ROLLCALL_URL') ?? DEFAULT_URL)
  const token = readToken(given('ROLLCALL_TOKEN'), given('ROLLCALL_TOKEN_FILE'))
  const isLocal = isLoopback(url.hostname.replace(/^\[|\]$/g, ''))
  if (token !== null && url.protocol === 'http:' && !isLocal)
    throw new CommandLineConfigError(
      'ROLLCALL_URL must be https, because the token would be sent in plaintext: only on loopback it may be http',
    )
  const caFile = given('ROLLCALL_CA_FILE')
  return {
    url: url.href.replace(/\/(graphql\/?)?$/, ''),
    isLoopback: isLocal,
    token,
    ca: caFile === undefined ? null : readFile('ROLLCALL_CA_FILE', caFile),
    user: userInfo().username,
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new CommandLineConfigError('ROLLCALL_URL must be such as https://rollcall.example')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new CommandLineConfigError('ROLLCALL_URL must have no user, password, query or fragment')
  return url
}

function readToken(token: string | undefined, file: string | undefined): string | null {
  if (token !== undefined && file !== undefined)
    throw new CommandLineConfigError('set ROLLCALL_TOKEN or ROLLCALL_TOKEN_FILE, not both')
  const text = file === undefined ? token : readFile('ROLLCALL_TOKEN_FILE', file)
  if (text === undefined) return null
  // What is no token would be refused by the header, in words that quote it.
  if (!/^[\x21-\x7e]+$/.test(text.trim()))
    throw new CommandLineConfigError(
      `${file === undefined ? 'ROLLCALL_TOKEN' : 'ROLLCALL_TOKEN_FILE'} holds no token: one line without spaces`,
    )
  return text.trim()
}

function readFile(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new CommandLineConfigError(`${setting} names a file that cannot be read (${code})`)
  }
}

/** Whether a terminal may be coloured (https://no-color.org). */
export const isColourWanted = (env: Readonly<Record<string, string | undefined>> = process.env): boolean =>
  (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
