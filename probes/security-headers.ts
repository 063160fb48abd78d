import type { ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { nameOf } from './own-host.ts'

/** What browsers may do with an answer: nothing but give it to the page that asked. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** A year, as https://hstspreload.org asks for. */
const HSTS = 'max-age=31536000'

/**
 * Sets them on an answer; what makes the answer may replace one. A browser that came by HTTPS is told to stay with it,
 * but for localhost, where other programs answer by HTTP.
 */
export function setSecurityHeaders(response: ServerResponse, host: string, isHttps: boolean): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  const name = nameOf(`https://${host}`) ?? ''
  const isNamed = name !== '' && isIP(name) === 0 && name !== 'localhost' && !name.endsWith('.localhost')
  if (isHttps && isNamed) response.setHeader('strict-transport-security', HSTS)
}
