import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { noteCode } from '../context/request-notes.ts'
import { acceptedTypes } from './media-types.ts'
import { refusalBody } from './refusal-body.ts'
import { parametersOfUrl } from './url-parameters.ts'

type Refusal = { status: number; message: string; headers?: Record<string, string> }

/**
 * Takes GraphQL by POST with application/json, and questions by GET. A browser does not let pages of other origins
 * send such a POST without asking first (CSRF); of a GET it says whose page sent it. GET with nothing to ask opens
 * GraphiQL.
 * https://graphql.github.io/graphql-over-http/draft/
 */
export const takeGraphqlRequests: Plugin = {
  onRequest(hook) {
    const { request, url, fetchAPI } = hook
    const refuse = ({ status, message, headers = {} }: Refusal) => {
      noteCode('BAD_REQUEST')
      hook.endResponse(fetchAPI.Response.json(refusalBody(message), { status, headers }))
    }
    if (url.pathname === '/' && request.method === 'GET') {
      hook.endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: '/graphql' } }))
    }
    if (url.pathname !== '/graphql') {
      // Yoga would answer spellings such as /graphql/ too, without these checks.
      if (!PLAIN_PATHS.includes(url.pathname))
        refuse({ status: 404, message: 'there is no such path: ask /graphql, /health or /ready' })
      return
    }
    const types = acceptedTypes(request.headers.get('accept'))
    const refusal = refusalOf(request, url) ?? (types.length === 0 ? notAcceptable : null)
    if (refusal !== null) refuse(refusal)
    // Yoga takes the first one, whatever its weight.
    else if (request.headers.get('accept')?.includes('q=') === true)
      request.headers.set('accept', types.join(', '))
  },
  onRequestParse({ request, url, setRequestParser }) {
    if (request.method === 'GET') setRequestParser(() => parametersOfUrl(url) as GraphQLParams)
  },
  onResponse({ response }) {
    // What an answer says may have changed by now, and may be about people.
    response.headers.set('cache-control', 'no-store')
  },
}

const PLAIN_PATHS = ['/', '/health', '/ready']

/** Whether a browser opens GraphiQL. */
export const opensPage = ({ method, headers }: Request): boolean =>
  method === 'GET' && acceptedTypes(headers.get('accept'))[0] === 'text/html'

function refusalOf(request: Request, { search }: URL): Refusal | null {
  const { method, headers } = request
  if (method === 'GET') {
    if (opensPage(request)) return null
    if (search === '') return nothingAsked
    return isOfForeignPage(headers) ? foreignPage : null
  }
  if (method !== 'POST') return otherMethod
  const [contentType = ''] = (headers.get('content-type') ?? '').split(';')
  return contentType.trim().toLowerCase() === 'application/json' ? null : noJson
}

/**
 * Whether a page of another origin sent it where it may not read the answer, such as for a picture. Where it may,
 * the request has the origin, which is checked before (http-guard.ts).
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
const isOfForeignPage = (headers: Headers): boolean =>
  !headers.has('origin') && ['cross-site', 'same-site'].includes(headers.get('sec-fetch-site') ?? '')

const nothingAsked: Refusal = {
  status: 400,
  message: 'send a question as the URL parameter query, or as JSON by POST; a browser opens GraphiQL here',
}
const foreignPage: Refusal = {
  status: 403,
  message:
    'pages of other origins may not send this: add the origin of the page to API_ALLOWED_ORIGINS, and use fetch',
}
const otherMethod: Refusal = {
  status: 405,
  message: 'send questions by GET or POST, and commands by POST',
  headers: { allow: 'GET, POST' },
}
const noJson: Refusal = {
  status: 415,
  message: 'send queries as JSON, with the header content-type: application/json',
}
const notAcceptable: Refusal = {
  status: 406,
  message:
    'accept refuses what the API answers with: accept application/graphql-response+json or application/json',
}
