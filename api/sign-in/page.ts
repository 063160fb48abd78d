import type { Actor } from '../context/actor.ts'
import type { SignInWay } from '../identity/sessions/sign-in-way.ts'
import { Html, html } from './html.ts'
import { style } from './style.ts'

type Page = {
  publicUrl: string
  ways: readonly SignInWay[]
  /** Who is signed in; null: nobody. */
  actor: Actor | null
  /** Whether somebody who signs out here can sign out at their provider, too. */
  leavesProvider: boolean
  /** The path to go on to after a sign-in; null: GraphiQL. */
  to: string | null
  /** What went wrong, in words for whoever signs in; null: nothing. */
  problem: string | null
}

/** The page on which people sign in and out. It works without scripts. */
export const pageOf = ({ problem, actor, ...page }: Page): string =>
  `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${actor === null ? 'Sign in' : 'Signed in'} · Rollcall</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <h1>${actor === null ? 'Sign in to Rollcall' : 'You are signed in'}</h1>
          ${problem === null ? null : html`<p class="alert" role="alert">${sentence(problem)}</p>`}
          ${actor === null ? waysIn(page) : whoIs(actor, page)}
        </main>
      </body>
    </html>`.text
  }`

/** The policy of the page names the hash of exactly this text. */
const styleElement = new Html(`<style>${style}</style>`)

/** Messages begin small and end without a full stop. */
const sentence = (message: string): string => `${message.charAt(0).toUpperCase()}${message.slice(1)}.`

type Ways = Pick<Page, 'publicUrl' | 'ways' | 'to'>

function waysIn({ publicUrl, ways, to }: Ways): Html {
  const links = ways.filter(({ kind }) => kind === 'redirect')
  const forms = ways.filter(({ kind }) => kind === 'password')
  const query = to === null ? '' : `?to=${encodeURIComponent(to)}`
  const pathOf = ({ id }: SignInWay) => `${publicUrl}/sign-in/with/${id}`
  return html`${links.map(
      (way) => html`<a class="button" href="${pathOf(way) + query}">Sign in with ${way.label}</a>`,
    )}
    ${forms.map((way) => passwordForm(way, pathOf(way), to))}
    <p class="quiet">Programs need no session: they send an access token with each request.</p>`
}

const passwordForm = ({ id, label }: SignInWay, action: string, to: string | null): Html =>
  html`<form method="post" action="${action}">
    <h2>Sign in with ${label}</h2>
    ${to === null ? null : html`<input type="hidden" name="to" value="${to}" />`}
    <label for="user-${id}">User name</label>
    <input
      id="user-${id}"
      name="user"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      required
    />
    <label for="password-${id}">Password</label>
    <input id="password-${id}" name="password" type="password" autocomplete="current-password" required />
    <button class="button" type="submit">Sign in</button>
  </form>`

function whoIs(
  { name, issuer, roles, session, validUntilMs }: Actor,
  { publicUrl, leavesProvider, to }: Pick<Page, 'publicUrl' | 'leavesProvider' | 'to'>,
): Html {
  const end = new Date(Math.min(validUntilMs ?? Infinity, session?.idleEndsAtMs ?? Infinity))
  return html`<dl>
      <dt>Name</dt>
      <dd>${name}</dd>
      <dt>Signed in by</dt>
      <dd>${issuer}</dd>
      <dt>${roles.length === 1 ? 'Role' : 'Roles'}</dt>
      <dd>${roles.length === 0 ? 'none: ask who runs this API for one' : roles.join(', ')}</dd>
      <dt>Until</dt>
      <dd><time datetime="${end.toISOString()}">${timeText(end)}</time>, or longer while it is used</dd>
    </dl>
    <a class="button" href="${publicUrl}${to ?? '/graphql'}">${to === null ? 'Ask in GraphiQL' : 'Go on'}</a>
    <form method="post" action="${publicUrl}/sign-out">
      <button class="button plain" type="submit">Sign out</button>
      ${leavesProvider ? html`<button class="button plain" type="submit" name="everywhere" value="yes">Sign out at the provider, too</button>` : null}
    </form>`
}

const timeText = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
