import type { ErrorCode } from './error-codes.ts'

type Reason = Extract<ErrorCode, 'UNAUTHENTICATED' | 'FORBIDDEN' | 'IDENTITY_UNAVAILABLE'>

/** Nobody vouches for who sent a request, what is vouched for gives no role, or that is not known. */
export class RefusedIdentity extends Error {
  readonly code: Reason
  constructor(code: Reason, message: string) {
    super(message)
    this.code = code
  }
}

export const unauthenticated = (message: string) => new RefusedIdentity('UNAUTHENTICATED', message)
