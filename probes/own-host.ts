import { isIP } from 'node:net'

/** The host of a URL in lower case, an IPv6 address without its brackets; null: it is not a URL. */
export const nameOf = (url: string): string | null =>
  URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$|\.$/g, '') : null

/**
 * Whether a host is a name that nobody else can let resolve to this machine (DNS rebinding): an address, localhost,
 * or one that is known.
 */
export const isOwn = (name: string | null, allowedHosts: readonly string[] = []): boolean =>
  name !== null &&
  (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowedHosts.includes(name))
