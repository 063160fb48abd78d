import { LF, type LineEnds } from './split-lines.ts'

const QUOTE = 0x22

type Place = 'field start' | 'unquoted' | 'quoted' | 'behind a quote'

/**
 * Rows of CSV (RFC 4180) end where no quoted field is open. A quote opens a field only at its beginning, as csv-parse
 * takes it: 5" is text.
 */
export function csvLineEnds(delimiter: string): LineEnds {
  const delimiterByte = delimiter.charCodeAt(0)
  let place: Place = 'field start'
  const move = (byte: number) => {
    if (byte === QUOTE && place !== 'unquoted') place = place === 'quoted' ? 'behind a quote' : 'quoted'
    else if (place !== 'quoted') place = byte === delimiterByte ? 'field start' : 'unquoted'
  }
  return {
    next(chunk, from) {
      for (let at = from; at < chunk.length; at++) {
        const byte = chunk[at] ?? LF
        if (byte === LF && place !== 'quoted') return at
        move(byte)
      }
      return -1
    },
    isQuoteOpen: () => place === 'quoted',
    reset: () => {
      place = 'field start'
    },
  }
}
