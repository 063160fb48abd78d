import type { Config } from '../../config/config.ts'
import { containedRead } from './contained-read.ts'
import { ReadFailure } from './read-failure.ts'
import { createReadNode, type NodeLook, type ReadNode, type ReportNode } from './node.ts'
import { createReplicas, type ResolveHost } from './replicas.ts'
import type { ReadRequirement } from './requirement.ts'
import type { ReadSession, Wanted } from './snapshot.ts'

export type ReadRouter = {
  /**
   * Runs `work` in one snapshot of one node: a replica that is as fresh as required, else the primary. If the
   * primary is away and nothing is required, a replica that is behind serves. A node that failed is passed
   * over for some seconds and then tried beside the requests, so that a dead node delays a single request by
   * about a second.
   * @throws {ReadFailure} of any kind; other errors of `work` pass unchanged
   */
  withReadNode<T>(requirement: ReadRequirement, work: (session: ReadSession) => Promise<T>): Promise<T>
  /**
   * Runs `work` in a snapshot of the primary, which shows what was written a moment ago.
   * @throws {ReadFailure}
   */
  withPrimary<T>(work: (session: ReadSession) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Looks at the primary and at every replica at this moment; takes some seconds at most. */
type LooksAtNodes = { look(): Promise<NodeLook[]> }

/**
 * A replica that is further behind serves only when the primary is away, unless the client states a limit of
 * its own.
 */
const USUAL_LAG_MS = 10_000
const anyLag = { maxLagMs: Infinity, after: [], isUnlocked: false }

/**
 * @param report is called when a node stops or starts serving
 * @param resolveHost looks up the addresses of a replica's host; the system's resolver by default
 */
export function createReadRouter(
  config: Config['database'],
  report: ReportNode = () => undefined,
  resolveHost?: ResolveHost,
): ReadRouter & LooksAtNodes {
  const replicas = createReplicas(
    config.replicaUrls.map((url) => ({ ...config, url })),
    report,
    resolveHost,
  )
  const primary = createReadNode(config, 'primary', report)
  const tryBeside = createTrials()
  let turn = 0

  return {
    async withReadNode(requirement, work) {
      const nodes = await replicas.nodes()
      turn = (turn + 1) % Math.max(1, nodes.length)
      const inTurn = [...nodes.slice(turn), ...nodes.slice(0, turn)]
      const up = inTurn.filter((node) => node.health() === 'up')
      const failed = [primary, ...inTurn].filter((node) => node.health() !== 'up')
      failed.filter((node) => node.health() === 'unproven').forEach(tryBeside)
      const fresh = {
        ...anyLag,
        ...{ maxLagMs: requirement.maxStalenessMs ?? USUAL_LAG_MS, after: requirement.after },
      }
      const isRequired = requirement.maxStalenessMs !== null || requirement.after.length > 0
      const lastResort = isRequired ? fresh : anyLag
      return await firstThatOpens(
        [
          ...up.map((node) => ({ node, wanted: fresh })),
          ...(failed.includes(primary) ? [] : [{ node: primary, wanted: anyLag }]),
          ...(isRequired ? [] : up.map((node) => ({ node, wanted: anyLag }))),
          ...failed.map((node) => ({ node, wanted: node === primary ? anyLag : lastResort })),
        ],
        ifShown(requirement.shows, work),
      )
    },
    withPrimary: (work) => firstThatOpens([{ node: primary, wanted: anyLag }], ifShown(null, work)),
    look: async () => Promise.all([primary, ...(await replicas.nodes())].map((node) => node.look())),
    close: async () => {
      await Promise.all([primary.close(), replicas.close()])
    },
  }
}

type Attempt = { node: ReadNode; wanted: Omit<Wanted, 'configuredAs'> }

async function firstThatOpens<T>(
  attempts: Attempt[],
  work: (session: ReadSession) => Promise<IfShown<T>>,
): Promise<T> {
  const dead = new Set<ReadNode>()
  let isBehind = false
  for (const { node, wanted } of attempts) {
    if (dead.has(node)) continue
    const outcome = await node.withSession(wanted, work)
    if (outcome.opened === 'yes' && outcome.result.isShown) return outcome.result.result
    if (outcome.opened === 'no') dead.add(node)
    else isBehind = true
  }
  throw isBehind
    ? new ReadFailure(
        'too_stale',
        'no database node that answers is as fresh as asked for: ask with a larger x-rollcall-max-staleness-ms, or ' +
          'without it and without x-rollcall-read-after, and see freshness for how old the answer is',
      )
    : new ReadFailure('unavailable', 'no database node answers; ask again in a moment')
}

type IfShown<T> = { isShown: true; result: T } | { isShown: false }

/** Does the work only in a snapshot that shows what is required: the very one that the work reads. */
const ifShown =
  <T>(shows: ReadRequirement['shows'], work: (session: ReadSession) => Promise<T>) =>
  async (session: ReadSession): Promise<IfShown<T>> =>
    shows === null || (await containedRead(session, shows))
      ? { isShown: true, result: await work(session) }
      : { isShown: false }

/**
 * Returns what tries, beside the requests, whether a node answers again: once at a time for each node. One that
 * failed because a table stayed locked would otherwise serve until the next question about that table.
 */
function createTrials(): (node: ReadNode) => void {
  const running = new Set<ReadNode>()
  return (node) => {
    if (running.has(node)) return
    running.add(node)
    void node
      .withSession({ ...anyLag, isUnlocked: true }, () => Promise.resolve())
      .catch(() => undefined)
      .finally(() => running.delete(node))
  }
}
