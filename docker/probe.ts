// Health check of a container: exits 0 when the URL answers 200, and shows what it answered otherwise.
const response = await fetch(process.argv[2] ?? '', { signal: AbortSignal.timeout(4_000) })
if (!response.ok) {
  console.error(response.status, await response.text())
  process.exit(1)
}
