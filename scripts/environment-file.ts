import { rmSync, writeFileSync } from 'node:fs'

/**
 * Writes variables as a shell reads them, into a file that only this user can: they may hold passwords.
 * @returns what removes it
 */
export function writeEnvironmentFile(file: string, variables: Record<string, string>): () => void {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  // One that is there keeps the mode it has.
  rmSync(file, { force: true })
  writeFileSync(file, lines.join(''), { mode: 0o600 })
  return () => {
    rmSync(file, { force: true })
  }
}

/** A single quote ends the quoting, is written, and begins it again. */
const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`
