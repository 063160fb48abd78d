import { describe, expect, it } from 'vitest'
import type { Health, HealthPartition } from './health-question.ts'
import { showStatus } from './show-status.ts'
import { paint } from './text.ts'

const AT = '2026-03-01T12:00:00.000Z'
const partition = (number: number, more: Partial<HealthPartition> = {}): HealthPartition => ({
  ...{ partition: number, state: 'RUNNING', lag: 0, readPerSecond: 120, writtenPerSecond: 120 },
  ...{ oldestUnreadAt: null, drainedAt: null, undrained: 'DRAINED' },
  ...{ retentionTakesAt: null, untaken: 'NOTHING_UNREAD', ...more },
})
const health = (more: Partial<Health> = {}): Health => ({
  ...{ at: AT, topic: 'user-login', severity: null, lag: 0, apiVersion: '0.5.0', schemaVersion: 130 },
  ...{ reconciledAt: '2026-03-01T11:58:00Z', openDiscrepancyCount: 0, isAuditIntact: true },
  problems: [],
  dependencies: [
    {
      ...{
        kind: 'KAFKA',
        address: 'kafka.example:9093',
        isUp: true,
        latencyMs: 3.2,
        message: null,
        replicaLagMs: null,
      },
      ...{ isEncrypted: true, certificate: { names: ['kafka.example'], expiresAt: AT, daysLeft: 41.9 } },
    },
  ],
  partitions: [partition(0), partition(1)],
  unsettledBatches: [],
  pendingRollups: [],
  workers: [{ name: '1@a', version: '0.5.0', startedAt: AT }],
  ...more,
})
const shown = (of: Health) => showStatus(of, { width: 80, paint: paint(false) })

describe('rollcall status', () => {
  it('is one screen while all is well', () => {
    const lines = shown(health())
    expect(lines[0]).toBe('OK  all is well · user-login · 0 unread · 2026-03-01 12:00:00Z')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines.join('\n')).toMatch(/kafka +up +3\.2 ms {2}41 days/)
    expect(lines.join('\n')).toContain('reconciled 2 min ago, 0 discrepancies open · audit intact')
  })

  it('says of a problem since when, where to read on, and a command that is whole', () => {
    const commandLine = `rollcall resume --partition ${Array.from({ length: 40 }, (_, n) => n).join(',')} --reason "why"`
    const text = shown(
      health({
        severity: 'PAGE',
        problems: [
          {
            ...{
              kind: 'HALTED',
              severity: 'PAGE',
              message: 'partition 0 is halted: x\x1b[2J',
              since: '2026-03-01T09:55:00Z',
            },
            runbook: 'docs/runbook.md#resume',
            nextSteps: [
              { does: 'a', mutation: 'mutation { a }', commandLine },
              { does: 'b', mutation: 'mutation { b }', commandLine: null },
            ],
          },
        ],
      }),
    ).join('\n')
    expect(text).toContain('PAGE  1 problem')
    expect(text).toContain('page  partition 0 is halted: x\ufffd[2J')
    expect(text).toContain('for 2 h 5 min · docs/runbook.md#resume')
    expect(text).toContain(`$ ${commandLine}\n`)
    expect(text).toContain('in GraphiQL: mutation { b }')
  })

  it('tells when a backlog is drained and when retention takes it, or why not', () => {
    const partitions = [
      partition(0, {
        lag: '12034',
        drainedAt: '2026-03-01T12:02:05Z',
        retentionTakesAt: '2026-03-08T11:00:00Z',
      }),
      partition(1, { state: 'PAUSED', lag: 7, undrained: 'GROWING', retentionTakesAt: AT }),
      partition(2, { lag: 7, undrained: 'STANDING', untaken: 'UNLIMITED', readPerSecond: 0.3 }),
      partition(3, { state: null, lag: null, undrained: 'UNKNOWN', untaken: 'UNKNOWN', readPerSecond: null }),
    ]
    const lines = shown(health({ partitions })).map((line) => line.split(/ {2,}/).slice(1))
    expect(lines).toContainEqual(['0', 'running', '12,034', '120', '120', '-', '2 min 5 s', '6 d 23 h'])
    expect(lines).toContainEqual(['1', 'paused', '7', '120', '120', '-', 'grows', 'NOW'])
    expect(lines).toContainEqual(['2', 'running', '7', '0.3', '120', '-', 'stands', 'never'])
    expect(lines).toContainEqual(['3', '?', '?', '?', '120', '-', '?', '?'])
  })

  it('keeps what is wrong with a dependency short, and says how far a replica is behind', () => {
    const dependency = {
      address: null,
      isUp: false,
      latencyMs: null,
      replicaLagMs: null,
      isEncrypted: null,
      certificate: null,
    }
    const message =
      'no worker answers: none has reported since 2026-03-01T11:00:00Z; start one with npm run worker'
    const text = shown(
      health({
        dependencies: [
          { ...dependency, kind: 'WORKERS', message },
          {
            ...dependency,
            kind: 'POSTGRES_REPLICA',
            address: '10.0.0.6:5432',
            isUp: true,
            message: null,
            replicaLagMs: 3_000,
          },
        ],
      }),
    )
    expect(text.filter((line) => line.length > 80)).toEqual([])
    expect(text.join('\n')).toMatch(/workers +DOWN +- +- +no worker answers\n/)
    expect(text.join('\n')).toContain('10.0.0.6:5432, 3 s behind')
  })

  it('shows those of many partitions that need somebody', () => {
    const partitions = Array.from({ length: 40 }, (_, number) =>
      partition(number, number === 33 ? { state: 'HALTED' } : number === 17 ? { lag: 9_000 } : {}),
    )
    const text = shown(health({ partitions })).join('\n')
    expect(text).toContain('33  halted')
    expect(text).toContain('17  running  9,000')
    expect(text).toContain('… and 28 more')
  })

  it('says what is not known', () => {
    const text = shown(
      health({
        ...{ lag: null, unsettledBatches: null, pendingRollups: null, workers: null, schemaVersion: null },
        ...{ reconciledAt: null, openDiscrepancyCount: null, isAuditIntact: null },
      }),
    ).join(' ')
    expect(text).toContain('lag not known')
    expect(text).toContain('rollups not known · no reconciliation known · audit not known')
  })

  it('cuts what batches failed of, and says how many more there are', () => {
    const unsettledBatches = Array.from({ length: 10 }, (_, number) => ({
      ...{
        batchId: String(number),
        partition: 0,
        fromOffset: '1',
        toOffset: '3',
        isCounted: false,
        committedAt: AT,
      },
      error: 'x'.repeat(200),
    }))
    const lines = shown(health({ unsettledBatches }))
    expect(lines.filter((line) => line.startsWith('  batch '))).toHaveLength(3)
    expect(lines.filter((line) => line.startsWith('  batch ') && line.length > 80)).toEqual([])
    expect(lines.join('\n')).toContain('and at least 7 more')
  })
})
