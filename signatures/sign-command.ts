import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import {
  argumentsText,
  statementText,
  type CommandActor,
  type CommandProof,
} from '../domain/access/command-proof.ts'

/**
 * How long a signed command may be on its way: longer than the API waits for any answer, and than clocks of machines
 * differ.
 */
export const PROOF_LIFETIME_MS = 10 * 60_000

/** Where a command goes, and what it is called there. */
export type CommandTarget = { command: string; workflowId: string; namespace: string; topic: string }

/** A key pair whose private half stays in the memory of this process, so that it is nobody else's. */
export type SigningKey = {
  /** SHA-256 of the public key, hexadecimal. */
  keyId: string
  /** SubjectPublicKeyInfo in DER, base64. */
  publicKey: string
  privateKey: KeyObject
}

/** Makes an Ed25519 key pair (RFC 8032). */
export function createSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return { keyId: keyIdOf(der), publicKey: der.toString('base64'), privateKey }
}

export const keyIdOf = (publicKey: Buffer): string => createHash('sha256').update(publicKey).digest('hex')

/** SHA-256 of the arguments that a workflow gets, hexadecimal. */
export const hashOfArguments = (argument: object): string =>
  createHash('sha256').update(argumentsText(argument)).digest('hex')

/**
 * Proves who sent a command.
 * @param argument what the workflow gets, as JSON has it
 * @param nowMs Unix milliseconds
 */
export function signCommand(
  { keyId, privateKey }: SigningKey,
  target: CommandTarget,
  argument: { commandId: string; reason: string },
  actor: CommandActor,
  nowMs: number,
): CommandProof {
  const { issuer, subject, name } = actor
  const told = {
    actor: { issuer, subject, name },
    requestedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + PROOF_LIFETIME_MS).toISOString(),
  }
  const { commandId, reason } = argument
  const text = statementText({
    ...target,
    ...told,
    commandId,
    reason,
    argumentsHash: hashOfArguments(argument),
  })
  return { keyId, ...told, signature: sign(null, Buffer.from(text), privateKey).toString('base64url') }
}
