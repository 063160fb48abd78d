import type { Config } from '../config/config.ts'

/** One line about an error of connecting to Temporal, with what to do. */
export function temporalProblem(error: unknown, { address, namespace }: Config['temporal']): string {
  const message = error instanceof Error ? error.message : String(error)
  return /NOT_FOUND.*amespace|amespace.*not found/i.test(message)
    ? `Temporal at ${address} has no namespace ${namespace}: create it (temporal operator namespace create -n ${namespace}), or correct TEMPORAL_NAMESPACE`
    : `Temporal does not answer at ${address} (${message}): start it there, or correct TEMPORAL_ADDRESS`
}
