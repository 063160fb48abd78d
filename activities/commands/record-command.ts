import {
  actorOf,
  type Claim,
  type CommandAuthor,
  type SentTo,
  type SignedCommand,
} from '../../domain/access/command-author.ts'
import { actorText, type CommandActor } from '../../domain/access/command-proof.ts'
import type { ControlEvent } from '../../db/ledger/control-events.ts'
import { auditedActor } from '../../db/ledger/control-events.ts'
import type { KeptProof, RecordedCommand } from '../../db/ledger/recorded-commands.ts'
import { hashOfArguments } from '../../signatures/sign-command.ts'
import { isSignedArgument } from './signed-argument.ts'
import { verifyCommand, verifySignature, type VerifyDeps } from './verify-command.ts'

/** A command as workflows give it to the audit; one that an older version gave has the name of an actor. */
export type CommandRecord = Omit<ControlEvent, 'actor'> & {
  author?: CommandAuthor
  actor?: string
  /** Of a command that a partition got and its topic does not remember sending: the id under which it would have. */
  forwardedAs?: string
}

export type RecordDeps = VerifyDeps & { append: (event: ControlEvent) => Promise<void> }

/**
 * An API that could not publish its key yet, because Postgres was away, does so as soon as it is back. By then this many
 * attempts have waited for two minutes.
 */
const ATTEMPTS_UNTIL_PUBLISHED = 8

/**
 * Appends a command to the audit under its author, who is verified now if that was not possible before. A command that
 * a Reset sends again is one with what is there; any other of the same id has a row of its own.
 * @param attempt from 1 on
 */
export async function recordCommand(deps: RecordDeps, record: CommandRecord, attempt: number): Promise<void> {
  const { author, actor, detail, forwardedAs, ...told } = record
  const claim = actor === undefined ? {} : { actor }
  const { facts, by } = await known(deps, author ?? { state: 'unverified', claim }, attempt)
  const event: ControlEvent = { ...told, actor: by, detail: { ...detail, ...facts } }
  const earlier = await deps.recorded(event.commandId)
  const forwarded = forwardedAs === undefined ? [] : await deps.recorded(forwardedAs)
  if (earlier === null || forwarded === null) throw new Error('Postgres is away')
  const isThere = earlier.some((one) => isSame(one, event)) || forwarded.some((one) => covers(one, event))
  if (!isThere) await deps.append(event)
}

type Known = { by: CommandActor; facts: Facts }
type Facts = ControlEvent['detail']

async function known(deps: RecordDeps, author: CommandAuthor, attempt: number): Promise<Known> {
  if (author.state === 'unverified') return unverified(author.claim, author.sentTo)
  const { signed } = author
  // Whoever reaches Temporal can have this activity run with anything: what a workflow found out is not relied upon.
  const verdict =
    author.state === 'proven' ? await verifySignature(deps.keys, signed) : await verifyCommand(deps, signed)
  if (verdict.state === 'proven') return proven(signed)
  if (verdict.state === 'undecided') throw new Error('Postgres is away')
  if (attempt < ATTEMPTS_UNTIL_PUBLISHED && verdict.isUnpublished === true) throw new Error(verdict.why)
  const { argument, workflowId, firstRunId } = signed
  const actor = isSignedArgument(argument) ? { actor: actorText(argument.proof.actor) } : {}
  const claim = { ...actor, signature: verdict.why }
  return unverified(claim, firstRunId === null ? undefined : { workflowId, firstRunId })
}

const proven = (signed: SignedCommand): Known => ({
  by: actorOf({ state: 'proven', signed }),
  facts: { proof: keptProof(signed) },
})

const unverified = (claim: Claim & { signature?: string }, sentTo: SentTo | undefined): Known => ({
  by: actorOf({ state: 'unverified', claim }),
  facts: {
    ...(Object.keys(claim).length === 0 ? {} : { claim }),
    ...(sentTo === undefined ? {} : { sentTo }),
  },
})

/** Whether the audit has this command: also sent again by a Reset, whatever came of it then. */
function isSame(earlier: RecordedCommand, { detail, actor, ...event }: ControlEvent): boolean {
  const { proof } = detail
  if (earlier.proof !== null || proof !== undefined)
    return (
      earlier.proof?.signature === (proof as KeptProof | undefined)?.signature && isOfSame(earlier, event)
    )
  const { firstRunId } = (detail['sentTo'] ?? {}) as Partial<SentTo>
  return (
    isOfSame(earlier, event) &&
    earlier.actor === auditedActor(actor).name &&
    earlier.reason === event.reason &&
    earlier.firstRunId === (firstRunId ?? null)
  )
}

/** Whether it is what the topic recorded: a Reset gives the topic the reports of its partitions again. */
function covers(earlier: RecordedCommand, event: ControlEvent): boolean {
  const [partition = -1] = event.partitions ?? []
  const isForIt = earlier.partitions === null || earlier.partitions.includes(partition)
  const isCarriedOut = event.result === 'refused' || event.result === earlier.result
  return isForIt && isCarriedOut && isSame({ ...earlier, partitions: [partition] }, event)
}

const isOfSame = (
  { command, topic, partitions }: RecordedCommand,
  event: Pick<ControlEvent, 'command' | 'topic' | 'partitions'>,
): boolean =>
  command === event.command && topic === event.topic && String(partitions) === String(event.partitions)

function keptProof({ argument, namespace, workflowId, firstRunId }: SignedCommand): KeptProof {
  const { keyId, signature, requestedAt, expiresAt } = argument.proof
  const argumentsHash = hashOfArguments(argument)
  return { keyId, signature, requestedAt, expiresAt, argumentsHash, namespace, workflowId, firstRunId }
}
