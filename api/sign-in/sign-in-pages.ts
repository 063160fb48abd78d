import type { Plugin } from 'graphql-yoga'
import { type RepeatedFault, repeatedFault } from '../../config/repeated-fault.ts'
import type { Logger } from '../context/logger.ts'
import { RefusedIdentity, unauthenticated } from '../context/refused-identity.ts'
import type { Actor } from '../context/actor.ts'
import { opensPage } from '../http/graphql-requests.ts'
import type { CountRefusal } from '../context/audit.ts'
import type { IdentifyingLimits } from '../http/identify-requests.ts'
import type { BrowserSignIn } from '../identity/sessions/browser-sign-in.ts'
import { BACK_CHANNEL_PATH } from '../identity/sessions/log-of-sign-in.ts'
import { LogoutTokenRefused } from '../identity/sessions/oidc/logout-token.ts'
import { SignInRefused } from '../identity/sessions/sign-in-way.ts'
import { type Asking, type Sent, SignInBusy } from '../identity/sessions/sign-in.ts'
import { TooManyAttempts } from '../limits/attempt-limits.ts'
import type { Incoming } from '../limits/client-address.ts'
import { formBody } from './form-body.ts'
import { answerPage, type PageAnswer, redirect } from './page-answers.ts'

type Deps = {
  signIn: BrowserSignIn
  limits: IdentifyingLimits
  /** Is told of logout tokens that are none. */
  refused: CountRefusal
  logger: Logger
}
type Asked = Deps & { request: Request; url: URL; asking: Asking; fault: RepeatedFault }

/**
 * Answers what browsers and providers ask at /sign-in and /sign-out, and sends who opens GraphiQL and is not signed in there. Comes
 * after what counts the requests to /graphql of an address.
 */
export function signInPages(deps: Deps): Plugin<object, Incoming> {
  const { addressOf, ofAddress, limited } = deps.limits
  const fault = repeatedFault(deps.logger, {
    level: 'error',
    failing: 'somebody could not sign in',
    works: 'people can sign in again',
  })
  const isNobody = (asking: Asking) =>
    signedIn(deps, asking).then(
      (actor) => actor === null,
      // A primary that is away says nothing of who is signed in: GraphiQL opens, and says so of its questions.
      () => false,
    )
  return {
    async onRequest(hook) {
      const { request, url, serverContext } = hook
      const answer = answerOf(request.method, url.pathname)
      const asking = { headers: request.headers, address: addressOf(serverContext.req) }
      if (answer !== null) {
        const waitMs = ofAddress.waitMs(asking.address)
        if (waitMs > 0) limited('address')
        hook.endResponse(await (waitMs > 0 ? busy(waitMs) : answer)({ ...deps, request, url, asking, fault }))
      } else if (url.pathname === '/graphql' && opensPage(request) && (await isNobody(asking)))
        hook.endResponse(redirect({ to: pageFor(deps, url), cookies: [] }))
    },
  }
}

/** Who is signed in, unless too many sessions were made up at this address: each is looked for on the primary. */
async function signedIn({ signIn, limits }: Deps, { headers, address }: Asking): Promise<Actor | null> {
  const { ofIdentity } = limits
  if (signIn.cookies.session(headers) === null || ofIdentity.waitMs(headers, address) > 0) return null
  const actor = await signIn.signedIn(headers)
  if (actor === null) ofIdentity.failed(headers, address)
  else ofIdentity.proven(headers)
  return actor
}

type Answer = (asked: Asked) => Promise<Response>

const busy =
  (waitMs: number): Answer =>
  ({ signIn }) =>
    answerPage(signIn, {
      ...{ status: 429, retryAfterMs: waitMs },
      problem: 'too many requests come from your address: try again in a moment',
    })

function answerOf(method: string, path: string): Answer | null {
  const [, way] = /^\/sign-in\/(?:with|callback)\/([a-z0-9-]+)$/.exec(path) ?? []
  if (method === 'GET' && path === '/sign-in') return (asked) => show(asked, { status: 200, problem: null })
  if (method === 'GET' && way !== undefined)
    return path.startsWith('/sign-in/with/') ? begin(way) : complete(way)
  if (method !== 'POST') return null
  if (path === `/sign-in/with/${way}`) return ofOwnPage(byPassword(way ?? ''))
  if (path === '/sign-out') return ofOwnPage(leave)
  return path === BACK_CHANNEL_PATH ? endByIssuer : null
}

const pageFor = ({ signIn: { publicUrl } }: Deps, { pathname, search }: URL): string =>
  `${publicUrl}/sign-in?to=${encodeURIComponent(pathname + search)}`

const begin =
  (way: string): Answer =>
  (asked) =>
    sent(asked, asked.signIn.begin(asked.asking, way, asked.url.searchParams.get('to')))

const complete =
  (way: string): Answer =>
  (asked) =>
    sent(asked, asked.signIn.complete(asked.asking, way, asked.url))

const byPassword =
  (way: string): Answer =>
  async (asked) => {
    const form = await formBody(asked.request)
    const given = {
      user: form?.get('user') ?? '',
      password: form?.get('password') ?? '',
      to: form?.get('to') ?? null,
    }
    return await sent(asked, asked.signIn.byPassword(asked.asking, way, given), given.to)
  }

const leave: Answer = async (asked) => {
  const form = await formBody(asked.request)
  try {
    return redirect(await asked.signIn.signOut(asked.asking, form?.get('everywhere') === 'yes'))
  } catch (error) {
    asked.logger.warn({ error: messageOf(error) }, 'a session could not be ended')
    const { cookies } = asked.signIn
    const problem =
      'this browser is signed out; the session itself could not be ended, because its database does not answer: it ends by itself'
    return await show(asked, {
      status: 503,
      problem,
      cookies: [cookies.drop(cookies.sessionName)],
      actor: null,
    })
  }
}

/** https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse */
const endByIssuer: Answer = async ({ request, asking, signIn, refused, logger }) => {
  const headers = { 'cache-control': 'no-store' }
  const token = (await formBody(request))?.get('logout_token') ?? ''
  try {
    await signIn.endByIssuer(token)
    return new Response(null, { status: 200, headers })
  } catch (error) {
    const isRefused = error instanceof LogoutTokenRefused
    // Anyone can send what is none.
    if (isRefused) refused(asking.address, unauthenticated(error.message))
    else logger.warn({ error: messageOf(error) }, 'a provider could not end sessions')
    const body = isRefused
      ? { error: 'invalid_request', error_description: error.message }
      : { error: 'temporarily_unavailable' }
    return Response.json(body, { status: isRefused ? 400 : 503, headers })
  }
}

/** Pages of other origins can send forms here, and a browser adds its cookies. It says whose page sent them. */
const ofOwnPage =
  (answer: Answer): Answer =>
  async (asked) => {
    if (asked.request.headers.get('origin') === asked.signIn.publicUrl) return await answer(asked)
    const problem = `this was sent by another page than ${asked.signIn.publicUrl}: open that one`
    return await show(asked, { status: 403, problem })
  }

async function sent(asked: Asked, to: Promise<Sent>, path: string | null = null): Promise<Response> {
  try {
    const answer = redirect(await to)
    asked.fault.worked()
    return answer
  } catch (error) {
    return await show(asked, { ...problemOf(error, asked.fault), path })
  }
}

function problemOf(
  error: unknown,
  fault: RepeatedFault,
): Pick<PageAnswer, 'status' | 'problem' | 'retryAfterMs'> {
  if (error instanceof SignInRefused) return { status: 403, problem: error.message }
  if (error instanceof TooManyAttempts)
    return { status: 429, problem: error.message, retryAfterMs: error.retryAfterMs }
  if (error instanceof SignInBusy) return { status: 429, problem: error.message, retryAfterMs: 1_000 }
  // The message alone: what an error holds besides may have a token in it.
  fault.failed({ error: messageOf(error) })
  return {
    status: 503,
    problem: 'signing in does not work at the moment: try again in a moment, or ask who runs this API',
  }
}

/** The page, with who is signed in unless the answer says. */
async function show(asked: Asked, answer: PageAnswer): Promise<Response> {
  const { signIn, url, asking } = asked
  const actor = answer.actor === undefined ? await signedIn(asked, asking).catch(nobody) : answer.actor
  return await answerPage(signIn, { ...answer, actor, path: answer.path ?? url.searchParams.get('to') })
}

const nobody = (error: unknown) => {
  if (error instanceof RefusedIdentity) return null
  throw error
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
