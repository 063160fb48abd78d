import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The file of persisted documents is unusable. `message` says why. */
export class DocumentsFileError extends Error {}

const documents = z.record(z.string().min(1), z.string().min(1))

/**
 * Reads a JSON file of hash and document.
 * @throws {DocumentsFileError}
 */
export function readDocumentsFile(path: string): Map<string, string> {
  const parsed = documents.safeParse(readJson(path))
  if (!parsed.success)
    throw unusable(
      path,
      'it must have one JSON object, with a hash as each key and a GraphQL document as its value',
    )
  return new Map(Object.entries(parsed.data))
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
}

const unusable = (path: string, why: string) =>
  new DocumentsFileError(`API_DOCUMENTS names ${path}, which cannot be used: ${why}`)
