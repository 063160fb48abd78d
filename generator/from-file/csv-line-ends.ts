import { LF, type LineEnds } from './split-lines.ts'

const QUOTE = 0x22

type Place = 'field start' | 'unquoted' | 'quoted' | 'after a quote'

/**
 * Finds the ends of CSV rows (RFC 4180): line ends outside quoted fields. As in csv-parse, a quote opens a
 * field only at its beginning: 5" is text.
 */
export function csvLineEnds(delimiter: string): LineEnds {
  const delimiterByte = delimiter.charCodeAt(0)
  let place: Place = 'field start'
  const move = (byte: number) => {
    if (byte === QUOTE && place !== 'unquoted') place = place === 'quoted' ? 'after a quote' : 'quoted'
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
