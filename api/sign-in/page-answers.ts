import type { Actor } from '../context/actor.ts'
import type { BrowserSignIn } from '../identity/sessions/browser-sign-in.ts'
import { ownUrl } from '../identity/sessions/own-path.ts'
import type { Sent } from '../identity/sessions/sign-in.ts'
import { pageOf } from './page.ts'
import { styleHash } from './style.ts'

export type PageAnswer = {
  status: number
  problem: string | null
  /** Headers Set-Cookie. */
  cookies?: string[]
  retryAfterMs?: number
  /** Who is signed in; left out: who the request says. */
  actor?: Actor | null
  /** The path to go on to, as a request says it. */
  path?: string | null
}

/** Sends a browser elsewhere by GET, whatever it sent. */
export const redirect = ({ to, cookies }: Sent): Response => answer(null, 303, cookies, { location: to })

/** The page of sign-in, for a browser that may run nothing of it. */
export async function answerPage(
  { publicUrl, ways }: BrowserSignIn,
  { status, problem, cookies = [], retryAfterMs, actor = null, path = null }: PageAnswer,
): Promise<Response> {
  const place = actor === null ? null : await placeToLeave(ways, actor, publicUrl)
  const to = path === null ? null : ownUrl(path, publicUrl).slice(publicUrl.length)
  const page = pageOf({ publicUrl, ways, actor, to, problem, leavesProvider: place !== null })
  return answer(page, status, cookies, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy([publicUrl, ...(place === null ? [] : [place.origin])]),
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
  })
}

/** Browsers hold what a form leads to against form-action, so the provider where people sign out is in it. */
const policy = (formTargets: string[]): string =>
  `default-src 'none'; style-src ${styleHash}; form-action 'self' ${formTargets.join(' ')}; base-uri 'none'; frame-ancestors 'none'`

async function placeToLeave(
  ways: BrowserSignIn['ways'],
  { issuer }: Actor,
  publicUrl: string,
): Promise<URL | null> {
  const way = ways.find((one) => one.kind === 'redirect' && one.issuer === issuer)
  return way?.kind === 'redirect' ? await way.signOutAt(`${publicUrl}/sign-in`).catch(() => null) : null
}

function answer(
  body: string | null,
  status: number,
  cookies: readonly string[],
  more: Record<string, string>,
): Response {
  const headers = new Headers({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Not no-referrer, with which browsers send forms of no origin.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    ...more,
  })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(body, { status, headers })
}
