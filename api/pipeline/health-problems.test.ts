import { describe, expect, it } from 'vitest'
import { logOf } from '../../domain/pipeline/partition-log-fixture.ts'
import type { Dependency, Outlook } from '../context/source-types.ts'
import { healthProblems } from './health-problems.ts'
import type { LedgerHealth, PartitionHealth } from './health.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000]
const ago = (ms: number) => new Date(NOW_MS - ms)

const partition = (outlook: Partial<Outlook>): PartitionHealth => ({
  ...{ partition: 3, status: null, progress: null, lastBatch: null, log: logOf(3, 0, 10), backlog: null },
  outlook: {
    pace: null,
    drain: { atMs: null, why: 'unknown' },
    oldestUnreadMs: null,
    retention: null,
    ...outlook,
  },
})
const dependency = (more: Partial<Dependency>): Dependency => ({
  ...{ kind: 'kafka', address: 'a.example:1', isUp: true, latencyMs: 1, message: '', delayMs: null },
  ...{ isEncrypted: false, certificate: null, ...more },
})
const ledger = (more: Partial<LedgerHealth> = {}): LedgerHealth => ({
  ...{
    batches: [],
    oldestParkedAt: null,
    rollups: [],
    workers: [],
    discrepancies: [],
    schema: 1,
    audit: null,
  },
  reconciliation: {
    finishedAt: ago(MINUTE_MS),
    coveredTo: ago(MINUTE_MS),
    differences: 0,
    openDiscrepancies: 0,
  },
  ...more,
})
const found = (more: Partial<Parameters<typeof healthProblems>[0]>) =>
  healthProblems({ dependencies: [], partitions: [], ledger: ledger(), nowMs: NOW_MS, ...more })
const kinds = (more: Partial<Parameters<typeof healthProblems>[0]>) => found(more).map(({ kind }) => kind)

const takes = (inMs: number) => ({ atMs: NOW_MS + inMs, by: 'age' }) as const

describe('what health looks for', () => {
  it('is nothing while all is well, and nothing of what no node of Postgres tells', () => {
    expect(found({ dependencies: [dependency({})], partitions: [partition({})] })).toEqual([])
    expect(found({ ledger: null })).toEqual([])
  })

  it('is retention within a day, unless what is unread is read before', () => {
    const near = (outlook: Partial<Outlook>) => kinds({ partitions: [partition(outlook)] })
    expect(near({ retention: takes(23 * HOUR_MS) })).toEqual(['retention_near'])
    expect(near({ retention: takes(25 * HOUR_MS) })).toEqual([])
    expect(near({ retention: { atMs: null, why: 'unlimited' } })).toEqual([])
    const retention = takes(HOUR_MS)
    expect(near({ retention, drain: { atMs: NOW_MS + 2 * HOUR_MS } })).toEqual(['retention_near'])
    expect(near({ retention, drain: { atMs: null, why: 'growing' } })).toEqual(['retention_near'])
    expect(near({ retention, drain: { atMs: NOW_MS + MINUTE_MS } })).toEqual([])
    expect(near({ retention, drain: { atMs: null, why: 'drained' } })).toEqual([])
    expect(found({ partitions: [partition({ retention: takes(0) })] })).toMatchObject([
      { partitions: [3], message: expect.stringContaining('at any moment') as string },
    ])
  })

  it('is a replica that is away or a minute behind, and who says who people are', () => {
    const replica = { kind: 'postgres_replica' } as const
    expect(kinds({ dependencies: [dependency({ ...replica, delayMs: 61_000 })] })).toEqual(['replica_behind'])
    expect(kinds({ dependencies: [dependency({ ...replica, delayMs: 59_000 })] })).toEqual([])
    expect(kinds({ dependencies: [dependency({ ...replica, isUp: false })] })).toEqual(['replica_behind'])
    expect(found({ dependencies: [dependency({ kind: 'identity_provider', isUp: false })] })).toMatchObject([
      { kind: 'component_unavailable', component: 'identity_provider' },
    ])
    expect(found({ dependencies: [dependency({ kind: 'directory', isUp: false })] })).toMatchObject([
      { kind: 'component_unavailable', component: 'directory' },
    ])
    // The state of ingestion tells of these.
    const told = (['kafka', 'postgres_primary', 'temporal', 'workers', 'upkeep'] as const).map((kind) =>
      dependency({ kind, isUp: false }),
    )
    expect(found({ dependencies: told })).toEqual([])
  })

  it('is a certificate that expires within two weeks, or has', () => {
    const shown = (inMs: number) =>
      found({ dependencies: [dependency({ certificate: { names: [], expiresAt: ago(-inMs) } })] })
    expect(shown(15 * 24 * HOUR_MS)).toEqual([])
    expect(shown(13 * 24 * HOUR_MS)).toMatchObject([{ kind: 'certificate_expires', component: 'kafka' }])
    expect(shown(-HOUR_MS)).toMatchObject([
      { message: expect.stringContaining('expired 2026-03-01T11') as string },
    ])
  })

  it('is what the ledger says: rollups that are later than they come, tables that disagree, a broken chain, a schedule that is overdue', () => {
    const rollup = (ms: number) => ({ rollup: 'sightings' as const, batches: 2, oldestAt: ago(ms) })
    expect(kinds({ ledger: ledger({ rollups: [rollup(61_000)] }) })).toEqual(['rollups_behind'])
    expect(kinds({ ledger: ledger({ rollups: [rollup(59_000)] }) })).toEqual([])
    // Not before their five minutes are over.
    const byCommitTime = (ms: number) => [{ ...rollup(ms), rollup: 'counts_by_commit_time' as const }]
    expect(kinds({ ledger: ledger({ rollups: byCommitTime(7 * MINUTE_MS) }) })).toEqual([])
    expect(kinds({ ledger: ledger({ rollups: byCommitTime(11 * MINUTE_MS) }) })).toEqual(['rollups_behind'])
    const discrepancies = [
      { kind: 'ledger_hole', open: 2 },
      { kind: 'audit_chain', open: 1 },
    ]
    expect(kinds({ ledger: ledger({ discrepancies }) })).toEqual(['discrepancies', 'audit_chain_broken'])
    const reconciliation = {
      finishedAt: ago(61 * MINUTE_MS),
      coveredTo: ago(0),
      differences: 0,
      openDiscrepancies: 0,
    }
    expect(kinds({ ledger: ledger({ reconciliation }) })).toEqual(['reconciliation_overdue'])
    expect(kinds({ ledger: ledger({ reconciliation: null }) })).toEqual([])
  })
})
