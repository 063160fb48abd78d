import type { Plugin } from 'graphql-yoga'

/**
 * GraphQL comes as POST of application/json, which no foreign web page can send without the browser asking first
 * (CSRF). GET opens GraphiQL.
 */
export const onlyJsonPosts: Plugin = {
  onRequest(hook) {
    const { request, url, fetchAPI } = hook
    const refuse = (status: number, message: string, headers = {}) => {
      hook.endResponse(fetchAPI.Response.json({ errors: [{ message }] }, { status, headers }))
    }
    if (url.pathname === '/' && request.method === 'GET') {
      hook.endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: '/graphql' } }))
    }
    if (url.pathname !== '/graphql') {
      // Spellings such as /graphql/ would be answered by the server behind, and not be checked here.
      if (!PLAIN_PATHS.includes(url.pathname)) refuse(404, 'there is /graphql, /health and /ready')
      return
    }
    if (opensPage(request)) return
    const [contentType = ''] = (request.headers.get('content-type') ?? '').split(';')
    if (request.method !== 'POST') {
      refuse(405, 'ask by POST; GET opens GraphiQL in a browser', { allow: 'POST' })
    } else if (contentType.trim().toLowerCase() !== 'application/json') {
      refuse(415, 'ask with content-type: application/json')
    }
  },
}

const PLAIN_PATHS = ['/', '/health', '/ready']

const opensPage = ({ method, headers }: Request) =>
  method === 'GET' && (headers.get('accept') ?? '').includes('text/html')
