/**
 * What is wrong where a TLS connection fails:
 * - authority: no trusted CA issued the server's certificate
 * - name: the server's certificate is for other names
 * - time: the server's certificate has expired or is not valid yet
 * - client_certificate: the server wants one, or refuses the one that it got
 * - plaintext: what answers speaks no TLS
 * - files: a PEM file of this process cannot be used
 * - handshake: the two sides found no version or cipher
 */
export type TlsFault =
  'authority' | 'name' | 'time' | 'client_certificate' | 'plaintext' | 'files' | 'handshake'

const TLS_PROBLEM = 'TLS_PROBLEM'

/** Whether an error is a TlsProblem, or a driver's that has its code, or was caused by one. */
export function isTlsProblem(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return (error as { code?: unknown }).code === TLS_PROBLEM || isTlsProblem(error.cause)
}

/** TLS failed. The message says which setting is wrong, and holds nothing of a certificate or key. */
export class TlsProblem extends Error {
  override name = 'TlsProblem'
  readonly code = TLS_PROBLEM
  readonly fault: TlsFault

  constructor(fault: TlsFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}
