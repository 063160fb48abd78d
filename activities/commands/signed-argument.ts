import type { SignedArgument } from '../../domain/access/command-author.ts'

/** Whether an argument has the form of a signed one; whoever can reach Temporal can send anything. */
export function isSignedArgument(argument: unknown): argument is SignedArgument {
  if (!hasTexts(argument, ['commandId', 'reason'])) return false
  const { proof } = argument
  if (!hasTexts(proof, ['keyId', 'requestedAt', 'expiresAt', 'signature'])) return false
  const { actor, requestedAt, expiresAt } = proof
  if (!isTime(requestedAt) || !isTime(expiresAt)) return false
  return (
    hasTexts(actor, ['subject', 'name']) && (actor['issuer'] === null || typeof actor['issuer'] === 'string')
  )
}

const isTime = (text: unknown): boolean => typeof text === 'string' && !Number.isNaN(Date.parse(text))

function hasTexts(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string')
}
