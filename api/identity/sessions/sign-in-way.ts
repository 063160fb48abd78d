import type { BrowserSession } from '../../context/actor.ts'

/** Somebody whom a way to sign in vouches for. */
export type SignedIn = {
  /** Who vouches for them: an OpenID issuer, or the URL of a directory. */
  issuer: string
  /** What the issuer knows them by, the same for ever. */
  subject: string
  /** What people call them. */
  name: string
  /** All groups that they are in, as ROLE_GROUPS writes them. */
  groups: readonly string[]
  /** What the issuer calls its own session with them, by which it may end ours; null: it has no name. */
  providerSession: string | null
  /** What the way needs to read the groups again, such as a refresh token. It is kept encrypted. */
  secret: string | null
}

/** What is known of a session when its groups are read again. */
export type KnownPerson = Pick<SignedIn, 'issuer' | 'subject' | 'secret'>

type Way = {
  /** In paths and rows: letters, digits and hyphens; the same after a restart. */
  id: string
  /** What the page calls it, such as a host. */
  label: string
  /** How `identity` in GraphQL calls the method. */
  method: SignInMethod
  /**
   * Reads the groups of somebody who is signed in. One caller at a time reads those of a session.
   * @throws {SignInRefused} the issuer vouches for them no more: the session ends
   * @throws {Error} it cannot be asked: the session goes on for a while
   */
  readGroups: (person: KnownPerson) => Promise<Pick<SignedIn, 'groups' | 'name' | 'secret'>>
}

/** Sends the browser away to sign in, and takes what it comes back with. */
export type RedirectWay = Way & {
  kind: 'redirect'
  /** Who vouches for people who sign in this way. */
  issuer: string
  /**
   * @returns where to send the browser; and what it must come back with: `state` in the URL, and `pending`, which
   * the caller binds to the browser. Both are secret.
   */
  begin: () => Promise<{ to: URL; state: string; pending: string }>
  /**
   * @param answer the URL with which the browser came back
   * @throws {SignInRefused} the answer is not one to this beginning, or the issuer refuses
   */
  complete: (answer: URL, pending: string) => Promise<SignedIn>
  /** Where people sign out at the issuer itself, coming back to `back`; null: it has no such place. */
  signOutAt: (back: string) => Promise<URL | null>
}

/** Takes a name and a password by a form of ours. */
export type PasswordWay = Way & {
  kind: 'password'
  /**
   * @throws {SignInRefused} they are wrong, the same for an unknown name and a wrong password
   * @throws {Error} the directory cannot be asked
   */
  check: (user: string, password: string) => Promise<SignedIn>
  /** For /ready: resolves to what operators should know; rejects with why nobody can sign in. */
  ready: () => Promise<string | undefined>
}

/** A way to sign in in a browser. */
export type SignInWay = RedirectWay | PasswordWay

export type SignInMethod = BrowserSession['method']

/** Somebody is not signed in, or not any more. The message is shown to them. */
export class SignInRefused extends Error {
  override name = 'SignInRefused'
  /** Whether the name that was typed is one that the directory knows: else it may be a password, which nobody may keep. */
  readonly isOfKnownName: boolean
  constructor(message: string, { isOfKnownName = false } = {}) {
    super(message)
    this.isOfKnownName = isOfKnownName
  }
}
