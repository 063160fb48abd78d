/** The cookies of one API. */
export type Cookies = {
  /** What the session cookie of a request holds; null: it has none. */
  session: (headers: Headers) => string | null
  /** The names and values of a request's cookies for sign-ins that are begun. */
  pending: (headers: Headers) => { name: string; value: string }[]
  pendingName: (key: string) => string
  /** The header Set-Cookie that keeps a session: until the browser is closed, or its row is gone. */
  keepSession: (id: string) => string
  keepPending: (name: string, value: string, maxAgeS: number) => string
  /** The header Set-Cookie that deletes a cookie. */
  drop: (name: string) => string
  sessionName: string
}

/** What a session id looks like: 256 bits as base64url. Others are not looked up. */
const SESSION_ID = /^[\w-]{43}$/

/**
 * Over HTTPS the names have the prefix `__Host-`: browsers take such a cookie only with Secure and Path=/, without a domain,
 * so that no other host, and no page of plain HTTP, can set or get it (RFC 6265bis, section 4.1.3). On loopback over plain HTTP
 * some browsers refuse that, so there it has neither the prefix nor Secure. Lax, because a sign-in comes back from another site.
 */
export function cookiesOf(publicUrl: string): Cookies {
  const isSecure = publicUrl.startsWith('https:')
  const prefix = isSecure ? '__Host-' : ''
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  const sessionName = `${prefix}rollcall-session`
  const pendingPrefix = `${prefix}rollcall-sign-in-`
  return {
    sessionName,
    session: (headers) => {
      const value = parse(headers).find(({ name }) => name === sessionName)?.value
      return value !== undefined && SESSION_ID.test(value) ? value : null
    },
    pending: (headers) => parse(headers).filter(({ name }) => name.startsWith(pendingPrefix)),
    pendingName: (key) => pendingPrefix + key,
    keepSession: (id) => `${sessionName}=${id}; ${attributes}`,
    keepPending: (name, value, maxAgeS) => `${name}=${value}; Max-Age=${maxAgeS}; ${attributes}`,
    drop: (name) => `${name}=; Max-Age=0; ${attributes}`,
  }
}

/** https://www.rfc-editor.org/rfc/rfc6265#section-5.4 */
const parse = (headers: Headers): { name: string; value: string }[] =>
  (headers.get('cookie') ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at === -1 ? [] : [{ name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() }]
  })
