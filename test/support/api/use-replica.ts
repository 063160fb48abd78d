import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest'
import type { Sql } from '../../../db/connection/connect.ts'
import { eventually } from '../eventually.ts'
import { connect, createDatabase, type TestDatabase } from './api-fixture.ts'

/** A database that does not answer. */
export const NOWHERE = 'postgres://x:x@127.0.0.1:1/x'

/**
 * For the tests of a file: a database of their own, filled once, which the replica has as well.
 * Only one file of those that run side by side may pause the replay: there is one replica.
 */
export function useReplica(fill: (sql: Sql) => Promise<unknown> = () => Promise.resolve()) {
  let database: TestDatabase
  let replica: Sql

  const primaryUrl = () => database.urlOn(inject('databaseUrl'))
  const replicaUrl = () => database.urlOn(inject('replicaUrl'))
  beforeAll(async () => {
    database = await createDatabase(inject('databaseUrl'))
    await fill(database.sql)
    replica = connect(replicaUrl())
    await untilCaughtUp()
  })
  afterAll(async () => {
    await replica.end()
    await database.drop()
  })

  /** Waits until the replica shows all that the primary has now. */
  const untilCaughtUp = async () => {
    const [written] = await database.sql<{ lsn: string }[]>`select pg_current_wal_lsn() as lsn`
    await eventually(async () => {
      const [replayed] = await replica<{ isCaughtUp: boolean }[]>`
        select pg_last_wal_replay_lsn() >= ${written?.lsn ?? null}::pg_lsn as "isCaughtUp"`
      expect(replayed?.isCaughtUp).toBe(true)
    })
  }

  /**
   * Keeps the replica where the primary is now; goes on when the test ends, or before. A replica that pauses
   * within the creation of a table holds its locks, and whoever reads the table waits.
   */
  const pauseReplay = async (): Promise<() => Promise<void>> => {
    const resume = async () => {
      await replica`select pg_wal_replay_resume()`
    }
    await untilCaughtUp()
    await replica`select pg_wal_replay_pause()`
    onTestFinished(resume)
    await eventually(async () => {
      const [state] = await replica<{ state: string }[]>`select pg_get_wal_replay_pause_state() as state`
      expect(state?.state).toBe('paused')
    })
    return resume
  }

  return { sql: () => database.sql, replica: () => replica, primaryUrl, replicaUrl, pauseReplay }
}
