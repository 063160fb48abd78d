import { currentUpdateInfo, patched, proxyLocalActivities, uuid4, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { Claim, CommandAuthor, SignedArgument, SignedCommand } from '../domain/access/command-author.ts'
import { isNestedDeeperThan } from '../domain/login/json-value.ts'
import type { CommandName } from '../domain/pipeline/command-name.ts'
import type { ControlRequest } from './contract.ts'
import { type CommandForm, commandProblem, type ControlArgument, readForm } from './command-form.ts'

const { verifyCommand } = proxyLocalActivities<Pick<Activities, 'verifyCommand'>>({
  // A key is cached, or looked up for two seconds at most, three times if nobody has published it.
  startToCloseTimeout: '9 seconds',
  // What could not be verified now is verified when it is recorded.
  retry: { maximumAttempts: 1 },
})

/** A command as it arrived, with its author as far as that is known. */
export type ReceivedCommand = CommandForm & {
  commandId: string
  author: CommandAuthor
  /** By Temporal's clock, ISO 8601. */
  receivedAt: string
  /** Why it is refused, whatever the state; null: it is not. */
  refusal: string | null
}

/** Where a command arrived, if not by an Update or Signal at the workflow that runs. */
type Place = {
  receivedAt?: string
  /** The workflow that forwarded it. */
  forwardedBy?: string
  /** What names it if it is not signed. */
  unsignedId?: string
}

/** How much the audit keeps of what a sender claims. */
const CLAIM_MAX_CHARACTERS = 200
/** Far more than the API sends, and less than Temporal lets an activity take (2 MB). */
const SIGNED_MAX_CHARACTERS = 500_000
const SIGNED_MAX_LEVELS = 20
const UNUSABLE = 'the signature of the command is refused: its argument is too large, or nests too deep'

/**
 * Finds out who sent a command. A signature that does not hold refuses it; without one its author is unverified. If
 * nobody can verify it now, because Postgres is away, it is carried out all the same, and verified when it is recorded.
 */
export async function receiveCommand(
  command: CommandName,
  topic: string,
  argument: ControlArgument,
  place: Place = {},
): Promise<ReceivedCommand> {
  const receivedAt = place.receivedAt ?? new Date().toISOString()
  const updateId = currentUpdateInfo()?.id ?? null
  const unsignedId = place.unsignedId ?? idOfUnsigned(argument, updateId)
  const signed = signedArgument(argument)
  const problem = signed === 'unusable' ? UNUSABLE : commandProblem(command, argument)
  const received = { ...readForm(argument), commandId: unsignedId, receivedAt, refusal: problem }
  const { namespace, workflowId, firstExecutionRunId } = workflowInfo()
  const sentTo = { workflowId, firstRunId: firstExecutionRunId }
  const unverified = { state: 'unverified', claim: claimOf(argument), sentTo } as const
  if (signed === null || signed === 'unusable') return { ...received, author: unverified }
  const arrived = {
    ...{ command, topic, namespace, workflowId: place.forwardedBy ?? workflowId },
    firstRunId: place.forwardedBy === undefined ? firstExecutionRunId : null,
    ...{ receivedAt, argument: signed },
  }
  const verdict = await verify(arrived, updateId)
  if (verdict.state === 'refused') {
    const refusal = `the signature of the command is refused: ${verdict.why}`
    return { ...received, refusal, author: unverified }
  }
  return { ...received, commandId: signed.commandId, author: { state: verdict.state, signed: arrived } }
}

/**
 * An Update keeps its id when a Reset sends it again, so that it stays one command with one audit row. The prefix keeps
 * whoever chooses the id from choosing that of another command.
 */
function idOfUnsigned(argument: ControlArgument, updateId: string | null): string {
  const id = updateId ?? uuid4()
  if (patched('ids-of-unsigned-commands')) return `temporal/${id}`
  // Partitions may be about to answer to a command by the id that an older version gave it.
  return typeof argument === 'object' && argument?.commandId !== undefined ? argument.commandId : id
}

/**
 * The same for the input of a run, which is received when the workflow is started.
 * @param runId the id of the workflow that a command of this id starts
 */
export async function receiveStart(
  command: CommandName,
  input: ControlRequest & { topic: string },
  runId: (commandId: string) => string,
): Promise<ReceivedCommand> {
  const { workflowId, startTime } = workflowInfo()
  const received = await receiveCommand(command, input.topic, input, {
    receivedAt: startTime.toISOString(),
    // Whoever starts a run chooses its workflow's id, of which there is one at a time.
    unsignedId: runId(input.commandId) === workflowId ? input.commandId : workflowId,
  })
  return { ...received, partitions: null }
}

/** Verifies again who sent a command, if that could not be done when it arrived. */
export async function decideAuthor(author: CommandAuthor): Promise<CommandAuthor> {
  if (author.state !== 'undecided') return author
  const verdict = await verify(author.signed, null)
  return verdict.state === 'proven' ? { ...author, state: 'proven' } : author
}

async function verify(signed: SignedCommand, updateId: string | null) {
  // Temporal gives an Update of the same id the first one's result: under its own id, a command is carried out once.
  if (updateId !== null && updateId !== signed.argument.commandId)
    return { state: 'refused', why: 'it was sent under another id than its own' } as const
  try {
    return await verifyCommand(signed)
  } catch {
    return { state: 'undecided' } as const
  }
}

/** Null: it has no signature. What is no signature at all is verified as one that does not hold. */
function signedArgument(argument: ControlArgument): SignedArgument | 'unusable' | null {
  if (typeof argument !== 'object' || argument === null || argument.proof == null) return null
  // First, because JSON.stringify fails if it is deep.
  if (isNestedDeeperThan(argument, SIGNED_MAX_LEVELS)) return 'unusable'
  return JSON.stringify(argument).length > SIGNED_MAX_CHARACTERS ? 'unusable' : (argument as SignedArgument)
}

function claimOf(argument: ControlArgument): Claim {
  if (typeof argument !== 'object' || argument === null) return {}
  const { actor, commandId } = argument as { actor?: unknown; commandId?: unknown }
  return {
    ...(typeof actor === 'string' ? { actor: actor.slice(0, CLAIM_MAX_CHARACTERS) } : {}),
    ...(typeof commandId === 'string' ? { commandId: commandId.slice(0, CLAIM_MAX_CHARACTERS) } : {}),
  }
}
