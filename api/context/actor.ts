import { isUtf8 } from 'node:buffer'
import { safeText } from './safe-text.ts'

const MAX_CHARACTERS = 128

/** STAND-IN FOR SIGN-IN: anyone may claim to be anyone. The one place to replace once callers prove who they are. */
export function actorOf(headers: Headers): string {
  const claimed = headers.get('x-rollcall-actor') ?? ''
  const name = safeText(textOfHeader(claimed).trim(), MAX_CHARACTERS)
  return name === '' ? 'anonymous' : name
}

/** Headers are bytes, which Node gives as Latin-1; what programs send is UTF-8. */
function textOfHeader(header: string): string {
  const bytes = Buffer.from(header, 'latin1')
  return bytes.toString('latin1') === header && isUtf8(bytes) ? bytes.toString('utf8') : header
}
