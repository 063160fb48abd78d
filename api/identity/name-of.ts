import { MAX_NAME_CHARACTERS } from '../context/actor.ts'
import { isDisplayable, safeText } from '../context/safe-text.ts'

/** OpenID Connect's longest subject. */
export const MAX_SUBJECT_CHARACTERS = 255

type Claims = Readonly<Record<string, unknown>>

/** Whether a claim is a subject that is kept as it is: of two that were cut or mended alike, one could be taken for the other. */
export const isSubject = (sub: unknown): sub is string =>
  typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT_CHARACTERS && isDisplayable(sub)

export const subjectOf = (sub: string): string => safeText(sub, MAX_SUBJECT_CHARACTERS)

/** What people call who claims are about: of a program, the client that it is; else its subject. */
export const nameOf = (claims: Claims, subject: string): string =>
  safeText(
    [claims['preferred_username'], claims['email'], claims['client_id'], claims['azp']].find(
      (name): name is string => typeof name === 'string' && name !== '',
    ) ?? subject,
    MAX_NAME_CHARACTERS,
  )
