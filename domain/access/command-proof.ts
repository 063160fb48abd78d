import { canonicalJson } from '../audit/canonical-json.ts'

/** Who sent a command; `issuer` vouches for it, null: nobody does. */
export type CommandActor = { issuer: string | null; subject: string; name: string }

/** What the API adds to a command that it sends to a workflow, so that the workflow knows its author. */
export type CommandProof = {
  /** Names the public key that verifies the signature. */
  keyId: string
  actor: CommandActor
  /** ISO 8601. */
  requestedAt: string
  /** ISO 8601. Whoever holds the command longer than this cannot send it any more. */
  expiresAt: string
  /** Ed25519 over `statementText`, base64url. */
  signature: string
}

/** What is signed. A command that differs in any of it is another command. */
export type CommandStatement = Omit<CommandProof, 'keyId' | 'signature'> & {
  command: string
  commandId: string
  reason: string
  topic: string
  namespace: string
  workflowId: string
  /** SHA-256 over `argumentsText`, hexadecimal. */
  argumentsHash: string
}

/** The bytes that are signed. The first line keeps the signature from serving as one of anything else. */
export const statementText = (statement: CommandStatement): string =>
  `rollcall command 1\n${canonicalJson(statement)}`

/** The bytes of the arguments that a workflow gets, without their proof. */
export const argumentsText = (argument: object): string =>
  canonicalJson(Object.fromEntries(Object.entries(argument).filter(([name]) => name !== 'proof')))

/** The author of what reaches a workflow without a signature. Nobody else has no subject. */
export const temporalActor: CommandActor = { issuer: null, subject: '', name: 'temporal' }

/**
 * An actor as people read it. The subject and its issuer are in it, because names are not unique; a name that its bearer
 * chose says so.
 */
export function actorText({ issuer, subject, name }: CommandActor): string {
  if (issuer === null) return subject === '' ? name : `${name} (unverified)`
  return name === subject ? `${subject} (${issuer})` : `${name} (${subject}, ${issuer})`
}
