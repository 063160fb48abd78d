import type { Config } from '../config/config.ts'
import { SecretError } from '../config/secret.ts'
import { probeTls, speaksTls } from '../tls/probe-tls.ts'
import { isNoAnswer, temporalProblem } from './temporal-problem.ts'

type Temporal = Config['temporal']

/** Together with the request that failed, shorter than a probe waits (probes/probes.ts). */
const PROBE_MS = 400
/** For who waits anyway: on a busy machine a handshake takes longer than that. */
export const PATIENT_MS = 5_000
const HTTP_2 = 'h2'

/**
 * Describes an error of a request to Temporal in one line that says what to do. Where Temporal did not answer, it looks at the wire
 * itself, because the SDK says only that time was up.
 * @param patienceMs how long it looks
 */
export async function findTemporalProblem(
  error: unknown,
  temporal: Temporal,
  patienceMs = PROBE_MS,
): Promise<string> {
  const secret = secretErrorOf(error)
  if (secret !== null) return secret.message
  const said = temporalProblem(error, temporal)
  if (!isNoAnswer(error)) return said
  const { address, tls } = temporal
  const { host, port } = split(address)
  if (tls === null)
    return (await speaksTls(host, port, patienceMs))
      ? `Temporal at ${address} expects TLS: set TEMPORAL_TLS=true, or correct TEMPORAL_ADDRESS`
      : said
  const problem = await probeTls({ host, port, tls, protocol: HTTP_2, patienceMs })
  return problem === null ? said : `Temporal at ${address}: ${problem.message}`
}

const secretErrorOf = (error: unknown): SecretError | null =>
  error instanceof SecretError ? error : error instanceof Error ? secretErrorOf(error.cause) : null

function split(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) }
}
