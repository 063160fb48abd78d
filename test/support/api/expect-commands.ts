import { expect } from 'vitest'
import type { Deployment } from '../deployment/deployment.ts'
import { eventually } from '../eventually.ts'

/** Commands of the audit beside the single replays, each kind once; they are written in the background. */
export async function expectCommands({ sql }: Deployment, commands: string[]): Promise<void> {
  await eventually(async () => {
    const rows = await sql<{ entry: string }[]>`
      select distinct command || ' ' || result as entry from control_event where command <> 'replay' order by 1`
    expect(rows.map(({ entry }) => entry)).toEqual(commands)
  })
}
