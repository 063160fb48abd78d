/** Up to where a database has written. Clients get it as opaque text, to read their own writes. */
export type ReadToken = {
  /** The cluster's identifier: in another cluster the position means nothing. */
  system: string
  /** Every promotion raises it: positions of different timelines cannot be compared. */
  timeline: number
  /** Place in the write-ahead log, in bytes from its start. */
  position: bigint
}

/** Whether whoever has seen `later` has seen all of `earlier`; null: they cannot be compared. */
export function includes(later: ReadToken, earlier: ReadToken): boolean | null {
  const isSameLog = later.system === earlier.system && later.timeline === earlier.timeline
  return isSameLog ? later.position >= earlier.position : null
}

const TOKEN = /^v1\.(\d{1,20})\.(\d{1,10})\.([0-9a-f]{1,16})$/

export const formatReadToken = ({ system, timeline, position }: ReadToken): string =>
  Buffer.from(`v1.${system}.${timeline}.${position.toString(16)}`).toString('base64url')

/** Returns null when the text is no token. */
export function parseReadToken(text: string): ReadToken | null {
  const [, system, timeline, position] = TOKEN.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (system === undefined || timeline === undefined || position === undefined) return null
  return { system, timeline: Number(timeline), position: BigInt(`0x${position}`) }
}

/**
 * Parses a pg_lsn as Postgres writes it, such as 16/B374D848.
 * https://www.postgresql.org/docs/18/datatype-pg-lsn.html
 */
export function parseLsn(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}
