import { isUtf8 } from 'node:buffer'

const MAX_CHARACTERS = 128
/** Control characters, and what turns the direction of text: in an audit a name must look like what it is. */
const NOT_SHOWN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** STAND-IN FOR SIGN-IN: anyone may claim to be anyone. The one place to replace once callers prove who they are. */
export function actorOf(headers: Headers): string {
  const claimed = headers.get('x-rollcall-actor') ?? ''
  const name = textOfHeader(claimed).replaceAll(NOT_SHOWN, '\ufffd').trim()
  // Cut between characters: half of one would be no text, which neither Postgres nor Temporal keeps as it is.
  return name === '' ? 'anonymous' : Array.from(name).slice(0, MAX_CHARACTERS).join('')
}

/** Headers are bytes, which Node gives as Latin-1; what programs send is UTF-8. */
function textOfHeader(header: string): string {
  const bytes = Buffer.from(header, 'latin1')
  return bytes.toString('latin1') === header && isUtf8(bytes) ? bytes.toString('utf8') : header
}
