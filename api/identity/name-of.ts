import { MAX_NAME_CHARACTERS } from '../context/actor.ts'
import { safeText } from '../context/safe-text.ts'

/** OpenID Connect's longest subject. */
const MAX_SUBJECT_CHARACTERS = 255

type Claims = Readonly<Record<string, unknown>>

export const subjectOf = (sub: string): string => safeText(sub, MAX_SUBJECT_CHARACTERS)

/** What people call who claims are about: of a program, the client that it is; else its subject. */
export const nameOf = (claims: Claims, subject: string): string =>
  safeText(
    [claims['preferred_username'], claims['email'], claims['client_id'], claims['azp']].find(
      (name): name is string => typeof name === 'string' && name !== '',
    ) ?? subject,
    MAX_NAME_CHARACTERS,
  )
