import { localActor } from '../context/actor.ts'
import type { IdentityProvider } from './identify.ts'

const ANYONE = 'local mode: anyone who reaches this API may ask and command everything'

/** Believes what each request says of its sender: for one machine, and for trying. */
export const localMode: IdentityProvider = {
  mode: 'local',
  identify: (headers) => Promise.resolve(localActor(headers)),
  check: () => Promise.resolve(ANYONE),
}
