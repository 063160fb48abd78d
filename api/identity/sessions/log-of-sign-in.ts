import type { SignInConfig } from '../../../config/sign-in.ts'
import { callbackPath } from './oidc/oidc-way.ts'

/** Where providers reach this API when somebody has signed out there. */
export const BACK_CHANNEL_PATH = '/sign-in/back-channel-logout'

/** What is to be registered with each provider, in the words of its registration. */
export const logOfSignIn = ({ publicUrl, clients }: SignInConfig): string[] =>
  clients.map(
    ({ issuer, way }) =>
      `people sign in at ${publicUrl}/sign-in; at ${issuer} the redirect URI is ${publicUrl}${callbackPath(way)}, ` +
      `after a sign-out ${publicUrl}/sign-in, the back-channel logout URI ${publicUrl}${BACK_CHANNEL_PATH}`,
  )
