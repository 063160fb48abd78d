import type { Fetch } from '../tls/trusting-fetch.ts'

/** What a browser keeps and sends, without showing pages: it has cookies, and follows no redirect by itself. */
export type JarBrowser = {
  cookies: Map<string, string>
  /** The header Cookie for any path of this host. */
  cookie: () => string
  get: (url: string, headers?: Record<string, string>) => Promise<Response>
  /** Sends a form, as a page of the URL's origin does. */
  post: (url: string, fields: Record<string, string>, headers?: Record<string, string>) => Promise<Response>
}

/** @param fetch asks for pages */
export function createBrowser(
  cookies = new Map<string, string>(),
  fetch: Fetch = globalThis.fetch,
): JarBrowser {
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const send = async (url: string, init: RequestInit) => {
    const headers = { accept: 'text/html', cookie: cookie(), ...(init.headers as Record<string, string>) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const text of response.headers.getSetCookie()) keep(text)
    return response
  }
  const keep = (text: string) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
    if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(text)) cookies.delete(name)
    else cookies.set(name, value)
  }
  return {
    cookies,
    cookie,
    get: (url, headers = {}) => send(url, { headers }),
    post: (url, fields, headers = {}) =>
      send(url, {
        method: 'POST',
        headers: { origin: new URL(url).origin, ...headers },
        body: new URLSearchParams(fields),
      }),
  }
}

/** Where a redirect leads. */
export function locationOf(response: Response): string {
  const location = response.headers.get('location')
  if (location === null) throw new Error(`${response.url} answers ${response.status} and leads nowhere`)
  return new URL(location, response.url).href
}
