import type { Config } from '../config/config.ts'

/** google.rpc.Code of a server that is not there, hangs or is being restarted; gRPC's own words for it name its internals. */
const CANCELLED = 1
const DEADLINE_EXCEEDED = 4
const UNAVAILABLE = 14
const OUTAGES = [CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE]

/** Whether nothing answered; false: Temporal did, with an error. */
export function isNoAnswer(error: unknown): boolean {
  const grpc = grpcErrorOf(error)
  return grpc === null || OUTAGES.includes(grpc.code)
}

/** One line about an error of talking to Temporal, with what to do. */
export function temporalProblem(error: unknown, { address, namespace }: Config['temporal']): string {
  const grpc = grpcErrorOf(error)
  const message = grpc?.details ?? (error instanceof Error ? error.message : String(error))
  if (/NOT_FOUND.*amespace|amespace.*not found/i.test(message))
    return `Temporal at ${address} has no namespace ${namespace}: create it (temporal operator namespace create -n ${namespace}), or correct TEMPORAL_NAMESPACE`
  return grpc === null || isNoAnswer(error)
    ? `Temporal does not answer at ${address}: start it there, or correct TEMPORAL_ADDRESS`
    : `Temporal at ${address} refuses what it is asked: ${grpc.details}`
}

type GrpcError = { code: number; details: string }

/** The error of gRPC itself, which the SDK wraps; null when there is none. */
function grpcErrorOf(error: unknown): GrpcError | null {
  if (!(error instanceof Error)) return null
  const { code, details } = error as Partial<GrpcError>
  return typeof code === 'number' && typeof details === 'string'
    ? { code, details }
    : grpcErrorOf(error.cause)
}
