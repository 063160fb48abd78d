import { isTopicName } from '../../domain/pipeline/topic-name.ts'
import { limits } from '../context/limits.ts'
import { isStorable } from '../context/safe-text.ts'

/**
 * What is wrong with the first unusable argument of a field, and how to mend it; null: nothing. It keeps back
 * what Kafka, Temporal or Postgres could not store. What an argument means is checked where it is used.
 */
export function argumentProblem(args: object): string | null {
  for (const [name, value] of Object.entries(args)) {
    const problem = problemOf(name, name, value)
    if (problem !== null) return problem
  }
  return null
}

/** @param path where the value is in the arguments, such as filter.error */
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
    return `${path} is not a name of a topic: Kafka takes 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"`
  if (value.length > limits.textCharacters)
    return `${path} has ${value.length} characters, more than the cap of ${limits.textCharacters}: no value that is kept is as long, so give a shorter one`
  if (!isStorable(value)) return `${path} must be text without NUL characters and without single surrogates`
  return null
}
