import type { Plugin } from 'graphql-yoga'

/**
 * Takes GraphQL only as POST with application/json, because a browser does not let pages of other origins
 * send that without asking first (CSRF). GET opens GraphiQL.
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
      // Yoga would answer spellings such as /graphql/ too, without these checks.
      if (!PLAIN_PATHS.includes(url.pathname))
        refuse(404, 'there is no such path: ask /graphql, /health or /ready')
      return
    }
    if (opensPage(request)) return
    const [contentType = ''] = (request.headers.get('content-type') ?? '').split(';')
    if (request.method !== 'POST') {
      refuse(405, 'send queries by POST: GET only opens GraphiQL in a browser', { allow: 'POST' })
    } else if (contentType.trim().toLowerCase() !== 'application/json') {
      refuse(415, 'send queries as JSON, with the header content-type: application/json')
    }
  },
}

const PLAIN_PATHS = ['/', '/health', '/ready']

const opensPage = ({ method, headers }: Request) =>
  method === 'GET' && (headers.get('accept') ?? '').includes('text/html')
