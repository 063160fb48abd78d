import { isIP, isIPv6 } from 'node:net'
import { z } from 'zod'
import { postgresUrlProblem } from './postgres-url.ts'
import { isTopicName } from '../domain/pipeline/topic-name.ts'

// The kinds of settings. docs/configuration.md shows the text of `accepts`.

const grouped = (number: number): string => number.toLocaleString('en-US')

/** A whole number in a range, written in the environment as decimal digits. */
export const integer = (fallback: number, min: number, max: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number)
    .meta({ accepts: `${grouped(min)} to ${grouped(max)}` })

/** A whole number in a range; unset: null. @param what it is called in errors */
export const optionalInteger = (min: number, max: number, what = 'a whole number') =>
  z
    .string()
    .optional()
    .refine(
      (text) => text === undefined || (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max),
      { error: `must be ${what} from ${min} to ${max}` },
    )
    .transform((text) => (text === undefined ? null : Number(text)))
    .meta({ accepts: `${grouped(min)} to ${grouped(max)}` })

/** A port to listen on; unset: none. */
export const port = () => optionalInteger(0, 65_535, 'a port')

export const text = (fallback: string) => z.string().min(1).default(fallback).meta({ accepts: 'any text' })

/** Texts separated by commas. */
export const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((items) => items.split(',').map((item) => item.trim()))
    .transform((items) => items.filter((item) => item !== ''))

const isHostPort = (address: string): boolean => {
  const port = Number(/^(?:[^\s:/]+|\[[0-9a-fA-F:]+\]):(\d+)$/.exec(address)?.[1] ?? 0)
  return port >= 1 && port <= 65_535
}

/** One or more host:port, separated by commas; at most `most`. */
export const hostPorts = (fallback: string, most: number) => {
  const accepts = most === 1 ? 'one host:port' : 'host:port, several separated by commas'
  return list(fallback)
    .refine((items) => items.length > 0 && items.length <= most && items.every(isHostPort), {
      error: `must be ${accepts}, with a port from 1 to 65535`,
    })
    .meta({ accepts })
}

/** Names by which clients reach a server; they become lower case. */
export const hostNames = () =>
  list('')
    .transform((names) => names.map((name) => name.toLowerCase()))
    .refine((names) => names.every((name) => /^[a-z0-9._-]+$/.test(name)), {
      error: 'must be host names without scheme and port, several separated by commas',
    })
    .meta({ accepts: 'host names, separated by commas' })

/** Not every address at once: each client could then be any. */
function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  const most = version === 6 ? 128 : 32
  return (
    version !== 0 &&
    !address.includes('%') &&
    (bits === undefined || (Number(bits) > 0 && Number(bits) <= most))
  )
}

/** IP addresses, and networks of them in CIDR notation. */
export const networks = () =>
  list('')
    .refine((items) => items.every(isNetwork), {
      error:
        'must be IP addresses and networks such as 10.0.0.0/8 or 2001:db8::/32, several separated by commas; a network of all addresses is refused',
    })
    .meta({ accepts: 'IP addresses and networks, separated by commas' })

/** An absolute URL of this scheme without a user, such as https: */
export const url = (scheme: string) =>
  z.string().refine(
    (text) => {
      const parsed = URL.parse(text)
      return parsed?.protocol === scheme && parsed.username === '' && parsed.password === ''
    },
    { error: `must be a URL that begins with ${scheme}//, without user and password` },
  )

const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && /^https?:\/\/[^/?#@\\\s]+$/i.test(text)

/** Origins of web pages, as browsers write them in the header Origin. */
export const origins = () =>
  list('')
    .refine((items) => items.every(isOrigin), {
      error:
        'must be origins such as https://dashboard.example, with scheme and host and no path, several separated by commas',
    })
    .transform((items) => items.map((item) => new URL(item).origin))
    .meta({ accepts: 'origins, separated by commas' })

export const isListenHost = (host: string): boolean => isIPv6(host) || /^[a-zA-Z0-9._-]+$/.test(host)

/** The address that a server listens on, without the port, which is a setting of its own. */
export const listenHost = () =>
  z
    .string()
    .default('127.0.0.1')
    .refine(isListenHost, {
      error: 'must be a host name or an IP address, without a port and without brackets',
    })
    .meta({ accepts: 'a host name or an IP address' })

const checkPostgresUrl = (url: string, context: z.RefinementCtx): void => {
  const message = postgresUrlProblem(url)
  if (message !== null) context.addIssue({ code: 'custom', message })
}

export const postgresUrl = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .superRefine(checkPostgresUrl)
    .meta({ accepts: 'postgres://user:password@host:port/database' })

export const optionalPostgresUrl = () =>
  z
    .string()
    .superRefine(checkPostgresUrl)
    .optional()
    .meta({ accepts: 'postgres://user:password@host:port/database' })

export const postgresUrls = () =>
  list('')
    .superRefine((urls, context) => {
      for (const url of urls) checkPostgresUrl(url, context)
    })
    .meta({ accepts: 'Postgres URLs, separated by commas' })

export const topicName = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine(isTopicName, {
      error:
        'must be a Kafka topic name: 1 to 249 letters, digits, dots, underscores or hyphens, not . or ..',
    })
    .meta({ accepts: 'a Kafka topic name' })

export const choice = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  fallback: Words[number],
) =>
  z
    .enum(words, { error: `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}` })
    .default(fallback as never)
    .meta({ accepts: words.map((word) => `\`${word}\``).join(', ') })

/** On in local mode alone, unless it is said. */
export const localFlag = () =>
  choice(['local', 'true', 'false'], 'local').transform((word) => (word === 'local' ? word : word === 'true'))

/** Off unless it is said. */
export const flag = (unset: 'true' | 'false' = 'false') =>
  choice(['true', 'false'], unset)
    .transform((word) => word === 'true')
    .meta({ accepts: '`true`, `false`' })
