import type { Config } from '../../config/config.ts'
import { ReadFailure } from './failure.ts'
import { createReadNode, type ReadNode, type ReportNode } from './node.ts'
import type { ReadSession } from './snapshot.ts'

export type ReadRouter = {
  /**
   * Runs `work` in one snapshot of one node: a fresh replica when there is one, else the primary, else a replica that
   * is behind. A node that failed is passed over for some seconds and then tried beside the requests, so that a dead one
   * costs a single request about a second.
   * @throws {ReadFailure} unavailable, busy, timeout or bad_input; what `work` throws otherwise passes unchanged
   */
  withReadNode<T>(work: (session: ReadSession) => Promise<T>): Promise<T>
  /**
   * The same on the primary alone: what was written a moment ago is in it.
   * @throws {ReadFailure}
   */
  withPrimary<T>(work: (session: ReadSession) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A replica further behind is asked only when the primary is away. */
const MAX_REPLICA_LAG_MS = 10_000

/** @param report told when a node stops or starts serving */
export function createReadRouter(
  config: Config['database'],
  report: ReportNode = () => undefined,
): ReadRouter {
  const replicas = config.replicaUrls.map((url) => createReadNode(url, 'replica', report))
  const primary = createReadNode(config.url, 'primary', report)
  const tryBeside = createTrials()
  let turn = 0

  return {
    async withReadNode(work) {
      turn = (turn + 1) % Math.max(1, replicas.length)
      const inTurn = [...replicas.slice(turn), ...replicas.slice(0, turn)]
      const up = inTurn.filter((node) => node.health() === 'up')
      const failed = [primary, ...inTurn].filter((node) => node.health() !== 'up')
      failed.filter((node) => node.health() === 'unproven').forEach(tryBeside)
      return await firstThatOpens(
        [
          ...up.map((node) => ({ node, maxLagMs: MAX_REPLICA_LAG_MS })),
          ...(failed.includes(primary) ? [] : [{ node: primary, maxLagMs: Infinity }]),
          ...up.map((node) => ({ node, maxLagMs: Infinity })),
          ...failed.map((node) => ({ node, maxLagMs: Infinity })),
        ],
        work,
      )
    },
    withPrimary: (work) => firstThatOpens([{ node: primary, maxLagMs: Infinity }], work),
    close: async () => {
      await Promise.all([primary, ...replicas].map((node) => node.close()))
    },
  }
}

type Attempt = { node: ReadNode; maxLagMs: number }

async function firstThatOpens<T>(
  attempts: Attempt[],
  work: (session: ReadSession) => Promise<T>,
): Promise<T> {
  const dead = new Set<ReadNode>()
  for (const { node, maxLagMs } of attempts) {
    if (dead.has(node)) continue
    const outcome = await node.withSession(maxLagMs, work)
    if (outcome.opened === 'yes') return outcome.result
    if (outcome.opened === 'no') dead.add(node)
  }
  throw new ReadFailure('unavailable', 'no database node answers; ask again in a moment')
}

/** Finds out beside the requests whether a node answers again; one trial of a node at a time. */
function createTrials(): (node: ReadNode) => void {
  const running = new Set<ReadNode>()
  return (node) => {
    if (running.has(node)) return
    running.add(node)
    void node
      .withSession(Infinity, () => Promise.resolve())
      .catch(() => undefined)
      .finally(() => running.delete(node))
  }
}
