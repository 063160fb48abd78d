/** A port cannot be opened. The message says which setting to change. */
export class CannotListen extends Error {
  override name = 'CannotListen'
}

type At = { host: string; port: number; settings: { host: string; port: string } }

/**
 * Says why a process cannot listen, by the settings that are about it.
 * @param error of Node, or of the library of Temporal, which tells it as text
 */
export function cannotListen(error: unknown, { host, port, settings }: At): CannotListen {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const isTaken = /address already in use/i.test(message)
  const text = isTaken
    ? `port ${port} of ${host} is taken: set ${settings.port} to another one`
    : `cannot listen on ${host}, port ${port} (${code === '' ? message : code}): correct ${settings.host} or ${settings.port}`
  return new CannotListen(text, { cause: error })
}
