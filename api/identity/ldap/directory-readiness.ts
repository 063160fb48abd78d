import { withDeadline } from '../../../concurrency/with-deadline.ts'
import type { Logger } from '../../context/logger.ts'

/** How long it is not looked again. Strangers may ask for /ready as often as they like. */
const [GOOD_MS, BAD_MS] = [10_000, 5_000]
/** Less than a probe waits (probes/probes.ts), and than a server that is away takes. */
const PATIENCE_MS = 1_500

type Known = { isGood: boolean; said: string | undefined; atMs: number }

/**
 * What /ready says of a directory, by the newest look. It is not ready until a look was good once, so that nothing is rolled out with settings
 * that are wrong. From then on it is: whoever is signed in goes on while the directory is away, and so do service tokens.
 * @param look resolves to what operators should know; rejects with why nobody can sign in
 * @param logger gets each new outcome once
 * @param clock milliseconds
 */
export function createDirectoryReadiness(
  look: () => Promise<string | undefined>,
  logger: Logger,
  clock: () => number,
): () => Promise<string | undefined> {
  let known: Known | null = null
  let wasGood = false
  let looking: Promise<void> | null = null

  const learn = ({ isGood, said }: Pick<Known, 'isGood' | 'said'>) => {
    const isNews = known === null || known.said !== said
    known = { isGood, said, atMs: clock() }
    wasGood ||= isGood
    if (!isNews) return
    if (said === undefined)
      logger.info({}, 'people of the directory may sign in: all servers of LDAP_URLS answer')
    else logger.warn({}, `sign-in by LDAP: ${said}`)
  }
  const lookNow = () =>
    look().then(
      (said) => {
        learn({ isGood: true, said })
      },
      (error: unknown) => {
        learn({ isGood: false, said: error instanceof Error ? error.message : String(error) })
      },
    )
  const isOld = () => known === null || clock() - known.atMs >= (known.isGood ? GOOD_MS : BAD_MS)
  return async () => {
    if (isOld()) {
      looking ??= lookNow().finally(() => {
        looking = null
      })
      await withDeadline(looking, { milliseconds: PATIENCE_MS, fallback: () => undefined })
    }
    if (known === null) throw new Error('no server of LDAP_URLS has answered yet')
    if (!known.isGood && !wasGood) throw new Error(known.said)
    return known.said
  }
}
