import type { Config } from '../config/config.ts'

/**
 * Values of google.rpc.Code that mean that the server is not there, hangs or restarts. gRPC's own messages
 * for them are about its internals.
 */
const CANCELLED = 1
const DEADLINE_EXCEEDED = 4
const UNAVAILABLE = 14
/** Of a wrong API key, and of a role that lacks a right. */
const REFUSALS = [7, 16]
const OUTAGES = [CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE]

/** Whether Temporal did not answer at all. False means that it answered with an error. */
export function isNoAnswer(error: unknown): boolean {
  const grpc = grpcErrorOf(error)
  return grpc === null || OUTAGES.includes(grpc.code)
}

/** Describes an error of a request to Temporal in one line that says what to do. */
export function temporalProblem(error: unknown, { address, namespace, apiKey }: Config['temporal']): string {
  const grpc = grpcErrorOf(error)
  const message = grpc?.details ?? (error instanceof Error ? error.message : String(error))
  if (/NOT_FOUND.*amespace|amespace.*not found/i.test(message))
    return `Temporal at ${address} has no namespace ${namespace}: create it (temporal operator namespace create -n ${namespace}), or correct TEMPORAL_NAMESPACE`
  if (grpc !== null && REFUSALS.includes(grpc.code))
    return `Temporal at ${address} refuses the request (${grpc.details}): ${credentials(apiKey)}`
  return grpc === null || isNoAnswer(error)
    ? `Temporal does not answer at ${address}: start it there, or correct TEMPORAL_ADDRESS`
    : `Temporal at ${address} refuses the request: ${grpc.details}`
}

const credentials = (apiKey: Config['temporal']['apiKey']): string =>
  apiKey === null
    ? 'set TEMPORAL_API_KEY, or have it allow the client certificate of TEMPORAL_TLS_CLIENT_CERT_PATH'
    : `correct ${apiKey.setting}, or have it allow that key the namespace`

type GrpcError = { code: number; details: string }

/** Refusals as the SDK's native connection writes them: it has words for the codes. */
const nativeRefusals: [RegExp, number][] = [
  [/does not have permission/, 7],
  [/does not have valid authentication credentials/, 16],
]

/** Finds the gRPC error that the SDK has wrapped; null if there is none. */
function grpcErrorOf(error: unknown): GrpcError | null {
  if (!(error instanceof Error)) return null
  const { code, details } = error as Partial<GrpcError>
  if (typeof code === 'number' && typeof details === 'string') return { code, details }
  for (const [words, refusal] of nativeRefusals) {
    const [said] = words.exec(error.message) ?? []
    if (said !== undefined) return { code: refusal, details: `it ${said}` }
  }
  return grpcErrorOf(error.cause)
}
