import { isTopicName } from '../../domain/pipeline/topic-name.ts'
import { limits } from '../context/limits.ts'
import { isStorable } from '../context/safe-text.ts'

/** @property argument where the value is in the arguments, such as filter.error */
type ArgumentProblem = { argument: string; message: string }

/**
 * What is wrong with the first unusable argument of a field, and how to mend it; null: nothing. It keeps back
 * what Kafka, Temporal or Postgres could not store. What an argument means is checked where it is used.
 */
export function argumentProblem(args: object): ArgumentProblem | null {
  for (const [name, value] of Object.entries(args)) {
    const problem = problemOf(name, name, value)
    if (problem !== null) return problem
  }
  return null
}

function problemOf(path: string, name: string, value: unknown): ArgumentProblem | null {
  if (typeof value === 'string') return problemOfText(path, name, value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return null
  if (Array.isArray(value) && value.length > limits.listed)
    return about(path, `lists ${value.length} values, more than the cap of ${limits.listed}: list fewer`)
  for (const [key, inner] of Object.entries(value)) {
    const problem = Array.isArray(value)
      ? problemOf(`${path}[${key}]`, name, inner)
      : problemOf(`${path}.${key}`, key, inner)
    if (problem !== null) return problem
  }
  return null
}

function problemOfText(path: string, name: string, value: string): ArgumentProblem | null {
  if (name === 'topic' && !isTopicName(value))
    return about(
      path,
      'is not a name of a topic: Kafka takes 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"',
    )
  const most = name === 'position' ? limits.positionCharacters : limits.textCharacters
  if (value.length > most)
    return about(
      path,
      `has ${value.length} characters, more than the cap of ${most}: no value that is kept is as long, so give a shorter one`,
    )
  if (!isStorable(value))
    return about(path, 'must be text without NUL characters and without single surrogates')
  return null
}

const about = (argument: string, problem: string): ArgumentProblem => ({
  argument,
  message: `${argument} ${problem}`,
})
