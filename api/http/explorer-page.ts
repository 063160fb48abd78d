import { createHash } from 'node:crypto'
import type { Plugin } from 'graphql-yoga'
import { exampleQuery } from '../example-query.ts'
import { opensPage } from './graphql-requests.ts'
import { refusalBody } from './refusal-body.ts'

/** Without `method` GraphiQL would subscribe by GET, whose URL is too short for some questions. */
const options = { title: 'Rollcall', defaultQuery: exampleQuery, method: 'POST' } as const

type Page = { html: string; headers: Record<string, string> }

/**
 * Serves GraphiQL from the package and not from a CDN: it opens without internet, and no other host's code runs in it.
 * Comes after what counts the requests of an address, which lets who opens the page pass unidentified.
 * @param isServed whether there is such a page here
 * @param additionalHeaders with which it sends questions
 */
export function serveExplorer(isServed: boolean, additionalHeaders: Record<string, string>): Plugin {
  let page: Promise<Page> | null = null
  return {
    async onRequest(hook) {
      const { request, url, fetchAPI } = hook
      if (url.pathname !== '/graphql' || !opensPage(request)) return
      if (!isServed) {
        hook.endResponse(fetchAPI.Response.json(refusalBody(NO_PAGE), { status: 404 }))
        return
      }
      const { html, headers } = await (page ??= makePage(additionalHeaders))
      hook.endResponse(new fetchAPI.Response(html, { headers }))
    },
  }
}

const NO_PAGE =
  'this API has no page to try questions: send them with accept: application/json, or set API_GRAPHIQL=true'

/**
 * Its scripts take 30 MB of memory, so they are loaded only when somebody opens it. No other script runs in the page
 * than the one whose hash its policy names; the editor makes its styles, and workers out of that script.
 */
async function makePage(additionalHeaders: Record<string, string>): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const html = renderGraphiQL({ ...options, additionalHeaders })
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'))
  const hash = createHash('sha256').update(script).digest('base64')
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    html,
    headers: { 'content-type': 'text/html', 'content-security-policy': policy.join('; ') },
  }
}
