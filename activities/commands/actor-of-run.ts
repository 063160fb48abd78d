import { actorOf, type CommandAuthor } from '../../domain/access/command-author.ts'
import { temporalActor, type CommandActor } from '../../domain/access/command-proof.ts'
import type { KnownKeys } from './known-keys.ts'
import { verifySignature } from './verify-command.ts'

/**
 * For whom a worker may sign a replay of a run: for whoever signed the command that started the run. Whoever reaches Temporal can
 * ask for this, so the signature is verified again.
 * @param author absent from a run of an older version
 * @param commandId of the replay: that of the run, a slash and the batch
 * @throws {Error} while Postgres is away and the key is not known
 */
export async function actorOfRun(
  keys: KnownKeys,
  author: CommandAuthor | undefined,
  commandId: string,
): Promise<CommandActor> {
  if (author?.state !== 'proven') return temporalActor
  const { signed } = author
  const verdict = await verifySignature(keys, signed)
  if (verdict.state === 'undecided') throw new Error('Postgres is away')
  const run = signed.argument.commandId
  const isOfRun = signed.command === 'replay_many' && commandId.startsWith(`${run}/`)
  return verdict.state === 'proven' && isOfRun ? actorOf(author) : temporalActor
}
