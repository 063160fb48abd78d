/** A name, a password and a path; logout tokens have some kilobytes. */
const MAX_BYTES = 16 * 1024

/** The fields of a form that was sent by POST; null: the body is no form, or too large. */
export async function formBody({ headers, body }: Request): Promise<URLSearchParams | null> {
  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return null
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength
    if (bytes > MAX_BYTES) return null
    parts.push(part)
  }
  return new URLSearchParams(Buffer.concat(parts).toString())
}
