import { describe, expect, it } from 'vitest'
import {
  type BatchEvidence,
  type CheckpointState,
  compareBatches,
  compareCheckpoints,
  type LedgerEntry,
  summarise,
} from './reconciliation.ts'

/** A batch of three logins from offset `from` on. It fits its neighbours. */
const entry = (id: bigint, from: bigint, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id,
  partition: 0,
  incarnation: 0,
  from,
  to: from + 3n,
  status: 'committed',
  logins: 3,
  rejects: 0,
  gaps: 0,
  loginRows: 3,
  previousTo: from === 0n ? null : from,
  nextFrom: null,
  ...more,
})

const evidence = (more: Partial<BatchEvidence> = {}): BatchEvidence => ({
  deltaLogins: 3n,
  loginRows: 3n,
  rejects: [],
  ...more,
})

const differences = (entries: LedgerEntry[], held: BatchEvidence = evidence()) =>
  compareBatches(entries, new Map(entries.map(({ id }) => [id, held]))).map(
    ({ kind, batchId, expected, found }) => [kind, batchId, expected, found],
  )

describe('compareBatches', () => {
  it('finds nothing where everything says the same', () => {
    expect(differences([entry(1n, 0n, { nextFrom: 3n }), entry(2n, 3n)])).toEqual([])
  })

  it('names a hole once, by the batch after it', () => {
    const around = [entry(1n, 0n, { nextFrom: 5n }), entry(2n, 5n, { previousTo: 3n })]
    expect(differences(around)).toEqual([['ledger_hole', 2n, 3n, 5n]])
  })

  it('names a hole at the end of what is covered by the batch before it', () => {
    expect(differences([entry(1n, 0n, { nextFrom: 5n })])).toEqual([['ledger_hole', 1n, 3n, 5n]])
  })

  it('tells an overlap from a hole', () => {
    expect(differences([entry(2n, 2n, { previousTo: 3n })])).toEqual([['ledger_overlap', 2n, 3n, 2n]])
  })

  it('compares logins with deltas, rows with rows, and rejects with what is still rejected', () => {
    const held = evidence({
      deltaLogins: 2n,
      loginRows: 1n,
      rejects: [
        { reason: 'empty', redriven: false, rejects: 4n },
        { reason: 'empty', redriven: true, rejects: 5n },
      ],
    })
    expect(differences([entry(1n, 0n)], held)).toEqual([
      ['batch_logins', 1n, 3n, 2n],
      ['batch_login_rows', 1n, 3n, 1n],
      ['batch_rejects', 1n, 0n, 4n],
    ])
  })

  it('says nothing about rows that nobody can count any more', () => {
    expect(differences([entry(1n, 0n)], evidence({ loginRows: null }))).toEqual([])
  })

  it('lets a parked batch count nothing, and finds it when it does', () => {
    const parked = entry(1n, 0n, { status: 'parked', logins: 0, loginRows: 0 })
    const nothing = evidence({ deltaLogins: 0n, loginRows: 0n })
    expect(differences([parked], nothing)).toEqual([])
    expect(differences([{ ...parked, logins: 1 }], { ...nothing, deltaLogins: 1n })).toEqual([
      ['batch_offsets', 1n, 0n, 1n],
    ])
  })

  it('finds a counted batch whose offsets are not all accounted for', () => {
    expect(differences([entry(1n, 0n, { status: 'replayed', gaps: 1 })])).toEqual([
      ['batch_offsets', 1n, 3n, 4n],
    ])
  })
})

describe('compareCheckpoints', () => {
  const state: CheckpointState = {
    partition: 3,
    incarnation: 0,
    nextOffset: 10n,
    logins: 8n,
    rejects: 2n,
    ledgerEnd: 10n,
    ledgerLogins: 8n,
    ledgerRejects: 2n,
  }
  const kinds = (more: Partial<CheckpointState>) =>
    compareCheckpoints([{ ...state, ...more }]).map(({ kind, expected, found }) => [kind, expected, found])

  it('finds a checkpoint that is not where its ledger ends, or not its sum', () => {
    expect(kinds({})).toEqual([])
    expect(kinds({ nextOffset: 11n })).toEqual([['checkpoint_offset', 10n, 11n]])
    expect(kinds({ logins: 9n, rejects: 1n })).toEqual([
      ['checkpoint_logins', 8n, 9n],
      ['checkpoint_rejects', 2n, 1n],
    ])
  })

  it('compares no sum with a ledger that was not added up', () => {
    expect(kinds({ nextOffset: 11n, ledgerLogins: null, ledgerRejects: null })).toEqual([
      ['checkpoint_offset', 10n, 11n],
    ])
  })

  it('expects nothing of a checkpoint before its first batch', () => {
    expect(kinds({ ledgerEnd: null, logins: 0n, rejects: 0n, ledgerLogins: 0n, ledgerRejects: 0n })).toEqual(
      [],
    )
  })
})

it('a summary accounts for every offset, each log of a partition by itself', () => {
  const entries = [
    entry(1n, 0n, { logins: 1, rejects: 1, gaps: 1 }),
    entry(2n, 3n, { status: 'parked', logins: 0 }),
    entry(3n, 6n, { status: 'skipped', logins: 0 }),
    entry(4n, 0n, { incarnation: 1 }),
  ]
  const rejects: BatchEvidence['rejects'] = [
    { reason: 'empty', redriven: false, rejects: 1n },
    { reason: 'not_json', redriven: true, rejects: 2n },
  ]
  const [first, second] = summarise(entries, new Map([[1n, evidence({ rejects })]]))
  expect(first).toEqual({
    partition: 0,
    incarnation: 0,
    from: 0n,
    to: 9n,
    batches: 3,
    offsets: 9n,
    logins: 1n,
    rejects: 1n,
    rejectsByReason: new Map([['empty', 1n]]),
    redriven: 2n,
    gaps: 1n,
    parked: 3n,
    skipped: 3n,
  })
  expect(second).toMatchObject({ incarnation: 1, offsets: 3n, logins: 3n })
})
