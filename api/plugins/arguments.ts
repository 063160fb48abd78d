import { isTopicName } from '../../config/topic-name.ts'
import { limits } from '../context/limits.ts'
import { isStorable } from '../context/safe-text.ts'

/**
 * What is wrong with the first unusable argument of a field, and how to mend it; null: nothing. Of text it is the same everywhere:
 * Kafka, Temporal and Postgres are sent nothing that they cannot keep. What an argument means is checked where it is used.
 */
export function argumentProblem(args: object): string | null {
  for (const [name, value] of Object.entries(args)) {
    const problem = problemOf(name, name, value)
    if (problem !== null) return problem
  }
  return null
}

/** @param path as the asker wrote it, such as filter.error */
function problemOf(path: string, name: string, value: unknown): string | null {
  if (typeof value === 'string') return problemOfText(path, name, value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return null
  if (Array.isArray(value) && value.length > limits.listed)
    return `${path} lists ${value.length} values, more than the cap of ${limits.listed}: list fewer`
  for (const [key, inner] of Object.entries(value)) {
    const problem = Array.isArray(value)
      ? problemOf(`${path}[${key}]`, name, inner)
      : problemOf(`${path}.${key}`, key, inner)
    if (problem !== null) return problem
  }
  return null
}

function problemOfText(path: string, name: string, value: string): string | null {
  if (name === 'topic' && !isTopicName(value))
    return `${path} is no name of a topic: Kafka takes 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"`
  if (value.length > limits.textCharacters)
    return `${path} has ${value.length} characters, more than the cap of ${limits.textCharacters}: nothing as long is kept`
  if (!isStorable(value)) return `${path} must be text, without NUL and without halves of characters`
  return null
}
