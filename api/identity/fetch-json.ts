import type { ProviderFetch } from './provider-fetch.ts'

/** Documents of providers have a few kilobytes. */
const MAX_BYTES = 256 * 1024

/**
 * Fetches a JSON object of a provider.
 * @throws {Error} says what is wrong with the answer
 */
export async function fetchJson(fetch: ProviderFetch, url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { accept: 'application/json' } })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`${url} answers with status ${response.status}`)
  }
  const text = await readText(response, url)
  const value = parsed(text, url)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${url} answers with no JSON object`)
  return value as Record<string, unknown>
}

async function readText({ body }: Response, url: string): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength
    if (bytes > MAX_BYTES) throw new Error(`${url} answers with more than ${MAX_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${url} answers with no JSON`)
  }
}
