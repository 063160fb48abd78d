/** Longer ones would not fit into the cookie beside the rest. */
const MAX_CHARACTERS = 512
const DEFAULT_PATH = '/graphql'

/**
 * Where somebody goes on after signing in: a path of the API, or GraphiQL. It is made a URL of the API's own origin, because
 * browsers read some paths, such as //evil.example or /\evil.example, as other hosts.
 */
export function ownUrl(to: string | null, publicUrl: string): string {
  const fallback = publicUrl + DEFAULT_PATH
  if (to === null || to.length > MAX_CHARACTERS || !/^\/[!-~]*$/.test(to)) return fallback
  const url = URL.parse(to, publicUrl)
  if (url?.origin !== publicUrl || /^\/sign-/.test(url.pathname)) return fallback
  return publicUrl + url.pathname + url.search
}
