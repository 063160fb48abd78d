import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { statementText, type CommandProof } from '../domain/access/command-proof.ts'
import { hashOfArguments, keyIdOf, type CommandTarget } from './sign-command.ts'

/**
 * A published key, ready to verify with.
 * @param publicKey SubjectPublicKeyInfo in DER, base64
 * @returns null: it is no Ed25519 key, or not the one that its id names
 */
export function verifyingKey(keyId: string, publicKey: string): KeyObject | null {
  const der = Buffer.from(publicKey, 'base64')
  if (keyIdOf(der) !== keyId) return null
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}

/** Whether this key has signed this command, for this target, with these arguments, by this actor, at these times. */
export function isSignedBy(
  key: KeyObject,
  target: CommandTarget,
  argument: { commandId: string; reason: string; proof: CommandProof },
): boolean {
  const { commandId, reason, proof } = argument
  const { actor, requestedAt, expiresAt, signature } = proof
  const { issuer, subject, name } = actor
  const argumentsHash = hashOfArguments(argument)
  const { command, workflowId, namespace, topic } = target
  const statement = {
    ...{ command, workflowId, namespace, topic, commandId, reason, argumentsHash },
    ...{ actor: { issuer, subject, name }, requestedAt, expiresAt },
  }
  return verify(null, Buffer.from(statementText(statement)), key, Buffer.from(signature, 'base64url'))
}
