import type { Socket } from 'node:net'
import { BerReader } from 'ldapts'
import type { TlsClient } from '../../../tls/tls-client.ts'
import { TlsProblem } from '../../../tls/tls-problem.ts'

/** An extended request with the name of StartTLS, as the first message: https://datatracker.ietf.org/doc/html/rfc4511#section-4.14 */
const OID = Buffer.from('1.3.6.1.4.1.1466.20037')
const REQUEST = Buffer.concat([
  Buffer.from([0x30, OID.length + 7, 0x02, 0x01, 0x01, 0x77, OID.length + 2, 0x80, OID.length]),
  OID,
])
const EXTENDED_RESPONSE = 0x78
/** An answer has some dozen bytes, and a text for people. */
const MAX_ANSWER_BYTES = 4_096

/**
 * Asks a server for TLS. Done here and not by ldapts, which connects again in plaintext where a connection that was
 * secured in this way breaks.
 * @throws {TlsProblem} it refuses, or says more than its answer: whoever is in between would have said that
 */
export async function askForTls(socket: Socket, tls: TlsClient): Promise<void> {
  const refusal = (why: string) =>
    new TlsProblem(
      'plaintext',
      `the server ${why}: ${tls.settings.off}, or use ldaps:// in ${tls.settings.address}`,
    )
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  let answer = Buffer.alloc(0)
  const listen = (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
    const code = resultOf(answer)
    if (code === null && answer.length <= MAX_ANSWER_BYTES) return
    if (code === 0) resolve(undefined)
    else
      reject(
        refusal(
          typeof code === 'number' ? `refuses StartTLS (${code})` : 'answers StartTLS with something else',
        ),
      )
  }
  socket.on('data', listen)
  socket.write(REQUEST)
  try {
    await promise
  } finally {
    socket.off('data', listen)
  }
}

/** The code of the result; null: more is to come; 'odd': it is no answer, or there is something behind it. */
function resultOf(answer: Buffer): number | 'odd' | null {
  const reader = new BerReader(answer)
  try {
    if (reader.readSequence() === null) return null
    if (reader.remain < reader.length) return null
    if (reader.remain > reader.length) return 'odd'
    if (reader.readInt() !== 1 || reader.readSequence() !== EXTENDED_RESPONSE) return 'odd'
    return reader.readEnumeration() ?? 'odd'
  } catch {
    return 'odd'
  }
}
