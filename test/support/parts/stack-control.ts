import { inject } from 'vitest'
import type { PartAction, PartName } from './part-control.ts'

/** Stops, kills, suspends and starts the parts of this run; each resolves when the part has done it. */
export async function controlPart(name: PartName, action: PartAction): Promise<void> {
  const response = await fetch(`${inject('controlUrl')}/${name}/${action}`, { method: 'POST' })
  if (!response.ok) throw new Error(await response.text())
}
