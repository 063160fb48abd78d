import { createRequire } from 'node:module'
import type { KafkaConfig } from 'kafkajs'
import type { Sasl } from '../../config/wires.ts'
import { createTokens } from './tokens.ts'

// Each authentication reads the secret anew: brokers ask for one with every connection, and some again before a session ends.

type Provider = Extract<KafkaConfig['sasl'], { authenticationProvider: unknown }>['authenticationProvider']
type SaslAuthenticate = Parameters<Provider>[0]['saslAuthenticate']
type BuiltIn = (sasl: object) => Provider

const load = createRequire(import.meta.url)
const builtIn = (name: string) => load(`kafkajs/src/broker/saslAuthenticator/${name}`) as BuiltIn

const files = { 'SCRAM-SHA-512': 'scram512', 'SCRAM-SHA-256': 'scram256', PLAIN: 'plain' } as const

/** What kafkajs is given to sign in at brokers. Its errors name the settings to correct. */
export function saslOptions(sasl: Sasl): NonNullable<KafkaConfig['sasl']> {
  if (sasl.mechanism === 'OAUTHBEARER') {
    const tokens = createTokens(sasl.tokens)
    const provider = builtIn('oauthBearer')({ oauthBearerProvider: async () => ({ value: await tokens() }) })
    return explained(sasl, (args) =>
      provider({ ...args, saslAuthenticate: refuseChallenge(args.saslAuthenticate) }),
    )
  }
  const { mechanism, username, password } = sasl
  const provider: Provider = (args) =>
    builtIn(files[mechanism])({ username, password: password.read() })(args)
  return explained(sasl, provider)
}

/** What kafkajs passes on begins with its size. */
const SIZE_BYTES = 4

/**
 * A broker answers a token that it refuses with a challenge that says why, and not with an error (RFC 7628, section 3.2.2). kafkajs
 * takes that for success, and the next request fails with "not valid given the current SASL state".
 */
const refuseChallenge =
  (send: SaslAuthenticate): SaslAuthenticate =>
  async ({ request }) => {
    const challenge = await send({
      request,
      response: {
        decode: (bytes) => Promise.resolve(bytes.subarray(SIZE_BYTES)),
        parse: (bytes) => Promise.resolve(bytes),
      },
    })
    if (challenge === undefined || challenge.length === 0) return undefined
    const status = /"status"\s*:\s*"(\w{1,40})"/.exec(challenge.toString('utf8'))?.[1]
    throw new Error(status ?? 'refused')
  }

const explained = (sasl: Sasl, provider: Provider): NonNullable<KafkaConfig['sasl']> => ({
  mechanism: sasl.mechanism,
  authenticationProvider: (args) => ({
    authenticate: async () => {
      try {
        await provider(args).authenticate()
      } catch (error) {
        if (isRefusal(error)) error.message = `${error.message}: ${remedy(sasl)}`
        throw error
      }
    },
  }),
})

/** kafkajs retries other errors and gives up at these. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'KafkaJSSASLAuthenticationError'

const remedy = (sasl: Sasl): string =>
  sasl.mechanism === 'OAUTHBEARER'
    ? 'the broker takes no token of this client: correct KAFKA_OAUTHBEARER_CLIENT_ID and KAFKA_OAUTHBEARER_SCOPE, or what issuer ' +
      'and audience the broker expects'
    : `correct KAFKA_SASL_USERNAME, ${sasl.password.setting} or KAFKA_SASL_MECHANISM`
