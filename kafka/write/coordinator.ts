import type { Broker, Cluster, GROUP_COORDINATOR, TRANSACTION_COORDINATOR } from '../kafkajs-internals.ts'

/**
 * What coordinators answer for the moments in which a transaction's last commit finishes, or the coordinator itself
 * starts or moves.
 */
const PASSING = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'UNSTABLE_OFFSET_COMMIT',
])
const RETRY_MS = 5
/** With the time between them about five seconds: longer is an outage, which the caller should see. */
const MAX_RETRIES = 1_000

/**
 * Asks the coordinator of a group or of a transactional.id, again while it says that it soon can answer.
 * @throws kafkajs's error for everything else
 */
export async function askCoordinator<T>(
  cluster: Cluster,
  id: string,
  coordinatorType: typeof GROUP_COORDINATOR | typeof TRANSACTION_COORDINATOR,
  ask: (coordinator: Broker) => Promise<T>,
): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await ask(await cluster.findGroupCoordinator({ groupId: id, coordinatorType }))
    } catch (error) {
      if (!PASSING.has((error as { type?: string }).type ?? '') || retry === MAX_RETRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
