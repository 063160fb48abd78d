/** What the audit has of sign-ins. Nothing in it is a token or a part of one. */
export type SignInEvent = {
  kind: 'signedIn' | 'signInRefused' | 'signedOut' | 'signedOutByIssuer' | 'endedByIssuer'
  /** The id of the way by which somebody signed in, or would have. */
  way: string
  /** Null: nobody vouches for who it is. */
  person: { issuer: string; subject: string; name: string } | null
  /** Where from, as ClientAddress has it; null: not from a browser. */
  address: string | null
  /** Why it was refused or ended; null: that is what somebody wanted. */
  reason: string | null
}

/** @throws {Error} it could not be written */
export type RecordSignIn = (event: SignInEvent) => Promise<void>
