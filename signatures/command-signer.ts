import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '../concurrency/with-deadline.ts'
import type { CommandActor, CommandProof } from '../domain/access/command-proof.ts'
import { createSigningKey, signCommand, type CommandTarget, type SigningKey } from './sign-command.ts'

/** Signs the commands of one process, by a key that nobody else has. */
export type CommandSigner = {
  /**
   * Adds the proof of who sends a command to its argument, once others can verify it. If Postgres is away, it waits two
   * seconds and signs all the same: the author is verified once the key is published.
   */
  sign: <Argument extends { commandId: string; reason: string }>(
    target: Omit<CommandTarget, 'namespace'>,
    argument: Argument,
    actor: CommandActor,
  ) => Promise<Argument & { proof: CommandProof }>
  /** Publishes no more. */
  end: () => void
}

/** What others verify with. */
export type PublicKey = Pick<SigningKey, 'keyId' | 'publicKey'> & { madeAt: Date; validUntil: Date }
type Key = SigningKey & { validUntilMs: number; published: Promise<void> }

/** A process that runs for long has another key each day. */
const KEY_LIFETIME_MS = 24 * 60 * 60_000
/** No command is on its way, or is recorded late, when its key ends. */
const RENEWED_BEFORE_MS = 60 * 60_000
const PUBLISH_DEADLINE_MS = 2_000
const RETRY_MS = 1_000

/**
 * Makes a key, and publishes it until that succeeds.
 * @param publish writes a public key where workers read it; safe to repeat
 * @param clock the time now, Unix milliseconds
 */
export function createCommandSigner(
  namespace: string,
  publish: (key: PublicKey) => Promise<void>,
  clock: () => number,
): CommandSigner {
  const end = new AbortController()
  const create = (): Key => {
    const key = createSigningKey()
    const madeAtMs = clock()
    const validUntilMs = madeAtMs + KEY_LIFETIME_MS
    const { keyId, publicKey } = key
    const told = { keyId, publicKey, madeAt: new Date(madeAtMs), validUntil: new Date(validUntilMs) }
    return { ...key, validUntilMs, published: untilPublished(() => publish(told), end.signal) }
  }
  let key = create()
  return {
    sign: async (target, argument, actor) => {
      if (clock() > key.validUntilMs - RENEWED_BEFORE_MS) key = create()
      const signing = key
      await withDeadline(signing.published, { milliseconds: PUBLISH_DEADLINE_MS, fallback: () => undefined })
      return { ...argument, proof: signCommand(signing, { ...target, namespace }, argument, actor, clock()) }
    },
    end: () => {
      end.abort()
    },
  }
}

async function untilPublished(publish: () => Promise<void>, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    try {
      await publish()
      return
    } catch {
      // Postgres is away; the process says so elsewhere.
      await sleep(RETRY_MS, undefined, { signal: end, ref: false }).catch(() => undefined)
    }
  }
}
