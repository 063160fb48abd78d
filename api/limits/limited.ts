/** A limit that refuses requests or connections, as metrics name it. */
export type Limit =
  | 'questions'
  | 'commands'
  | 'address'
  | 'identity'
  | 'sign_in'
  | 'expensive'
  | 'subscriptions'
  | 'connections'

/** Is told of each refusal. It never throws. */
export type CountLimited = (limit: Limit) => void
