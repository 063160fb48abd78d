import { LRUCache } from 'lru-cache'

/** A certificate of a server, as the last connection to it saw it. */
type Seen = { setting: string; expiresAt: Date }

/** More than the servers of any cluster. */
const MOST = 1_000
const seen = new LRUCache<string, Seen>({ max: MOST })

/**
 * Notes when the certificate of a server expires, for the metrics of this process.
 * @param setting the setting with the server's address, as TlsSettings names it
 * @param server its name
 * @param validTo as Node tells it, such as `Dec 31 23:59:59 2030 GMT`
 */
export function noteCertificate(setting: string, server: string, validTo: string): void {
  const expiresAt = new Date(validTo)
  if (!Number.isNaN(expiresAt.getTime())) seen.set(`${setting} ${server}`, { setting, expiresAt })
}

/** The certificates of the servers that this process connected to. */
export const certificatesSeen = (): Seen[] => [...seen.values()]
