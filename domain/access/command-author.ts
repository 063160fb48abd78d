import { actorText, temporalActor, type CommandActor, type CommandProof } from './command-proof.ts'

/** The argument of a signed command, as the workflow got it. */
export type SignedArgument = { commandId: string; reason: string; proof: CommandProof }

/** A signed command where it arrived. */
export type SignedCommand = {
  command: string
  topic: string
  namespace: string
  /** The workflow that its sender sent it to. */
  workflowId: string
  /**
   * The same through continue-as-new and Reset; another one once the workflow is started anew. Null: another workflow
   * got it first, and forwarded it.
   */
  firstRunId: string | null
  /** By Temporal's clock, ISO 8601. */
  receivedAt: string
  argument: SignedArgument
}

/** What verifying a signed command says. Undecided: the keys could not be read, because Postgres is away. */
export type Verdict =
  | { state: 'proven' }
  /** `isUnpublished`: nobody has published its key by now. */
  | { state: 'refused'; why: string; isUnpublished?: true }
  | { state: 'undecided' }

/** What the sender of a command without a signature says of itself, which proves nothing. */
export type Claim = { actor?: string; commandId?: string }

/** Where a command without a signature arrived. */
export type SentTo = { workflowId: string; firstRunId: string }

/** Who sent a command, as far as the workflow knows. */
export type CommandAuthor =
  | { state: 'proven'; signed: SignedCommand }
  /** To be verified when it is recorded. */
  | { state: 'undecided'; signed: SignedCommand }
  /** One that an older version received does not say where it arrived. */
  | { state: 'unverified'; claim: Claim; sentTo?: SentTo }

/** The actor that is known now: `temporal` unless a signature names another one. */
export const actorOf = (author: CommandAuthor): CommandActor =>
  author.state === 'proven' ? author.signed.argument.proof.actor : temporalActor

/** The same for people. */
export const authorText = (author: CommandAuthor): string => actorText(actorOf(author))
