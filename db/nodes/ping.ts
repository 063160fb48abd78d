import type { ReadSession } from './snapshot.ts'

/** Succeeds if the node answers and has Rollcall's tables. */
export async function pingDatabase({ sql }: ReadSession): Promise<void> {
  await sql`/* pingDatabase */ select from partition_checkpoint limit 1`
}
