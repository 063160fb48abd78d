import type { World } from './world.ts'

/** Sends a mutation whose field is aliased `answer`. @returns the type of the result, or what went wrong */
export async function command(
  { ask }: Pick<World, 'ask'>,
  mutation: string,
  variables: Record<string, unknown> = {},
): Promise<string> {
  try {
    const { answer } = await ask(mutation, variables)
    const { __typename: type, message } = answer as { __typename: string; message?: string }
    return message === undefined ? type : `${type}: ${message}`
  } catch (error) {
    return String(error)
  }
}
