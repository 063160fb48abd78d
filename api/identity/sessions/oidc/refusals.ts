import { errors } from 'jose'
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { SignInRefused } from '../sign-in-way.ts'

/** Faults of an answer itself: it is forged, of another sign-in, late or of another provider. */
const FAULTS_OF_ANSWER = [
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
]

/** Why an answer of a provider is refused, in words for who signs in; other errors stay what they are. */
export function refusalOfAnswer(error: unknown, issuer: string): unknown {
  if (error instanceof AuthorizationResponseError)
    return refused(
      error.error === 'access_denied'
        ? `${issuer} did not sign you in: you, or a rule there, said no`
        : `${issuer} did not sign you in (${codeOf(error.error)}): begin again, or ask who runs it`,
      error,
    )
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant')
    return refused('this sign-in was used already, or took too long: begin again', error)
  if (
    error instanceof errors.JOSEError ||
    (error instanceof ClientError && FAULTS_OF_ANSWER.includes(error.code ?? ''))
  )
    return refused(`this is no answer of ${issuer} to your sign-in: begin again`, error)
  return error
}

/** Whether a provider says that it vouches for somebody no more. Wrong settings of ours are no such answer. */
export const isNoMore = (error: unknown): boolean =>
  (error instanceof ResponseBodyError && error.error === 'invalid_grant') ||
  (error instanceof WWWAuthenticateChallengeError && error.status === 401)

const refused = (message: string, cause: Error) => Object.assign(new SignInRefused(message), { cause })

/** Codes are of the provider, and shown on a page. */
const codeOf = (code: string): string => code.replaceAll(/[^a-z0-9_.-]/gi, '').slice(0, 40)
