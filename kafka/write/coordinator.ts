import type { Broker, Cluster, GROUP_COORDINATOR, TRANSACTION_COORDINATOR } from '../kafkajs-internals.ts'

/**
 * What a coordinator answers while the last commit of a transaction finishes, or while the coordinator itself
 * starts or moves.
 */
const TRANSIENT_ERRORS = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'UNSTABLE_OFFSET_COMMIT',
])
const RETRY_MS = 5
/**
 * With the waits between them about five seconds. Anything longer is an outage, which the caller should see.
 */
const MAX_RETRIES = 1_000

/**
 * Asks the coordinator of a group or of a transactional.id. It repeats the request while the coordinator says
 * that it cannot answer yet.
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
      if (!TRANSIENT_ERRORS.has((error as { type?: string }).type ?? '') || retry === MAX_RETRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
