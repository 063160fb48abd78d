import type { SignedCommand, Verdict } from '../../domain/access/command-author.ts'
import type { RecordedCommand } from '../../db/ledger/recorded-commands.ts'
import { PROOF_LIFETIME_MS } from '../../signatures/sign-command.ts'
import { isSignedBy } from '../../signatures/verify-command.ts'
import type { KnownKey, KnownKeys } from './known-keys.ts'
import { isSignedArgument } from './signed-argument.ts'

export type VerifyDeps = {
  keys: KnownKeys
  /** What the audit has of a command of this id; null: Postgres is away. */
  recorded: (commandId: string) => Promise<RecordedCommand[] | null>
}

/** `<id of the run>/<id of the batch>`: what workers sign. */
const OF_A_RUN = /^.+\/\d+$/

/**
 * Whether a command was sent by whom its signature names, for this workflow, with these arguments, in time and once.
 * Sent again by a Reset, which stays in the chain of runs, it is the same command, however late.
 */
export async function verifyCommand(deps: VerifyDeps, signed: SignedCommand): Promise<Verdict> {
  const verdict = await verifySignature(deps.keys, signed)
  if (verdict.state !== 'proven') return verdict
  const { argument, receivedAt } = signed
  const { expiresAt } = argument.proof
  const earlier = await deps.recorded(argument.commandId)
  const isLate = Date.parse(receivedAt) > Date.parse(expiresAt)
  if (earlier === null) return isLate ? { state: 'undecided' } : { state: 'proven' }
  const repeat = repeatProblem(signed, earlier)
  if (repeat === 'again') return { state: 'proven' }
  if (repeat !== null) return refused(repeat)
  return isLate
    ? refused(`it was valid until ${expiresAt}, and the command arrived at ${receivedAt}: send it again`)
    : { state: 'proven' }
}

/** Whether a command is as its sender signed it, whenever and however often it came. */
export async function verifySignature(keys: KnownKeys, signed: SignedCommand): Promise<Verdict> {
  const { argument, command } = signed
  if (!isSignedArgument(argument)) return refused('it has not the form of one')
  const { keyId, requestedAt, expiresAt } = argument.proof
  // Else an old key that somebody took would sign for ever, by dates of its own day.
  if (Date.parse(expiresAt) - Date.parse(requestedAt) > PROOF_LIFETIME_MS)
    return refused('it is valid for longer than what an API signs')
  const key = await keys.find(keyId)
  if (key === 'away') return { state: 'undecided' }
  if (key === null)
    return {
      state: 'refused',
      why: `nobody has published its key ${keyId.slice(0, 12)}: the API that sent it could not write to Postgres, or is none of this Rollcall`,
      isUnpublished: true,
    }
  const problem = keyProblem(key, command, argument.commandId, requestedAt)
  if (problem !== null) return refused(problem)
  return isSignedBy(key.verifying, signed, argument)
    ? { state: 'proven' }
    : refused('it was made for another command, workflow or actor, or for other arguments')
}

function keyProblem(
  { holder, validUntil }: KnownKey,
  command: string,
  commandId: string,
  requestedAt: string,
): string | null {
  if (Date.parse(requestedAt) > validUntil.getTime()) return 'its key was no longer valid'
  return holder === 'worker' && (command !== 'replay' || !OF_A_RUN.test(commandId))
    ? 'a worker signs nothing but the replays of a run'
    : null
}

/** 'again': a Reset sends it again; null: it is new, or repeated by its sender under a signature of its own. */
function repeatProblem(
  { argument, command, workflowId, firstRunId }: SignedCommand,
  earlier: readonly RecordedCommand[],
): string | null {
  for (const { command: recorded, proof } of earlier) {
    if (proof === null) continue
    if (recorded !== command || proof.workflowId !== workflowId)
      return `commandId is that of another command (${recorded}, sent to ${proof.workflowId})`
    if (proof.signature === argument.proof.signature)
      return firstRunId === null || proof.firstRunId === firstRunId
        ? 'again'
        : 'the command was carried out before'
  }
  return null
}

const refused = (why: string): Verdict => ({ state: 'refused', why })
