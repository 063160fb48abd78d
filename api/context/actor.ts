import { isUtf8 } from 'node:buffer'
import { safeText } from './safe-text.ts'

/** A longer name is cut. */
const MAX_CHARACTERS = 128

/**
 * Who a request says it comes from, 'anonymous' when it does not say. This stands in for sign-in: anyone may
 * claim to be anyone. It is the one place to replace once callers prove who they are.
 */
export function actorOf(headers: Headers): string {
  const claimed = headers.get('x-rollcall-actor') ?? ''
  const name = safeText(textOfHeader(claimed).trim(), MAX_CHARACTERS)
  return name === '' ? 'anonymous' : name
}

/** Node decodes the bytes of a header as Latin-1, but programs send UTF-8. */
function textOfHeader(header: string): string {
  const bytes = Buffer.from(header, 'latin1')
  return bytes.toString('latin1') === header && isUtf8(bytes) ? bytes.toString('utf8') : header
}
