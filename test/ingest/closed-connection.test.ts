import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { Sql } from '../../db/connection/connect.ts'
import { connect } from '../support/api/api-fixture.ts'
import { eventually } from '../support/eventually.ts'

// Vitest fails a run in which an error is thrown that nobody can catch.

test('a transaction whose connection is closed rejects what is asked then, and the process goes on', async () => {
  const { sql, endBackend } = sessions()
  const work = sql.begin(async (tx) => {
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
    void endBackend(row?.pid ?? 0)
    for (;;) await tx`select 1`
  })
  await expect(work).rejects.toThrow()
  // One that is being closed may still be given to the next question.
  await eventually(async () => {
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  })
})

test('a copy whose connection is closed fails, and nothing else does', async () => {
  const { sql, endBackend } = sessions()
  const work = sql.begin(async (tx) => {
    await tx`create temporary table copied (line text)`
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
    const copy = await tx`copy copied from stdin`.writable()
    void endBackend(row?.pid ?? 0)
    await pipeline(Readable.from(lines()), copy)
  })
  await expect(work).rejects.toThrow()
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
})

test.for([1, 100_000])(
  'a copy of %i lines that Postgres refuses fails for its reason, and the session goes on',
  async (count) => {
    const { sql } = sessions()
    const work = sql.begin(async (tx) => {
      await tx`create temporary table copied (line text check (line <> 'refused')) on commit drop`
      const copy = await tx`copy copied from stdin`.writable()
      await pipeline(Readable.from([Buffer.from('refused\n'.repeat(count))]), copy)
    })
    await expect(work).rejects.toMatchObject({ code: '23514' })
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  },
)

/** More than a connection that lives would take in the time of the test. */
function* lines(): Generator<Buffer> {
  for (let i = 0; i < 5_000_000; i++) yield Buffer.from(`${'x'.repeat(2_000)}\n`)
}

function sessions(): { sql: Sql; endBackend: (pid: number) => Promise<unknown> } {
  const [sql, other] = [connect(inject('databaseUrl')), connect(inject('databaseUrl'))]
  onTestFinished(async () => {
    await Promise.all([sql.end({ timeout: 1 }), other.end({ timeout: 1 })])
  })
  return { sql, endBackend: async (pid) => await other`select pg_terminate_backend(${pid})` }
}
