import type { Stack } from '../../../stack/stack.ts'

export type PartName = 'kafka' | 'temporal' | 'postgres' | 'replica'
export type PartAction = 'start' | 'stop' | 'kill' | 'suspend' | 'resume'

/** Resolves when the part has done it. */
export type ControlPart = (name: PartName, action: PartAction) => Promise<void>

export const isPartAction = (action: string): action is PartAction =>
  ['start', 'stop', 'kill', 'suspend', 'resume'].includes(action)

/** Control of a stack of this process. */
export function controlOf(stack: Stack): (name: string, action: PartAction) => Promise<void> {
  return async (name, action) => {
    const part = stack.parts.get(name)
    if (part === undefined) throw new Error(`no part ${name}`)
    await part[action]()
  }
}
