import type { ReadSession } from './snapshot.ts'

/** Succeeds where Rollcall's tables are. */
export async function pingDatabase({ sql }: ReadSession): Promise<void> {
  await sql`/* pingDatabase */ select from partition_checkpoint limit 1`
}
