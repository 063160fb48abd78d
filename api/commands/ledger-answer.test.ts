import { expect, it } from 'vitest'
import type { RevisionRow } from '../../db/read/ledger/batches.ts'
import type { BatchStatus } from '../../domain/pipeline/batch-status.ts'
import { ledgerAnswer } from './ledger-answer.ts'

const revision = (change: Partial<RevisionRow>): RevisionRow => ({
  revision: 1,
  kind: 'replay',
  command_id: 'of another',
  logins: 1,
  rejects: 0,
  processed_at: '2026-03-01T10:00:00Z',
  committed_at: '2026-03-01T10:00:00Z',
  code_version: '1',
  published: true,
  ...change,
})

const answer = (
  command: 'replay' | 'skip',
  status: BatchStatus,
  revisions: RevisionRow[] = [],
  skippedBy: string | null = null,
  withheldAt: Date | null = null,
) =>
  ledgerAnswer(
    { status, revisions, command_id: skippedBy, withheld_at: withheldAt },
    { command, commandId: 'mine' },
  )

const workflow = { by: 'workflow' }
const answered = (outcome: string, isOwn = false) => ({ by: 'ledger', outcome, isOwn })

it('a parked batch is for its workflow, and so is one that was counted and not published', () => {
  expect(answer('replay', 'parked')).toEqual(workflow)
  expect(answer('skip', 'parked')).toEqual(workflow)
  expect(answer('replay', 'replayed', [revision({ published: false })])).toEqual(workflow)
})

it('a batch that is counted is already applied, also when its rejects were redriven since', () => {
  expect(answer('replay', 'committed')).toEqual(answered('already_applied'))
  expect(answer('replay', 'replayed', [revision({})])).toEqual(answered('already_applied'))
  const redrive = revision({ revision: 2, kind: 'redrive', published: false })
  expect(answer('replay', 'replayed', [revision({}), redrive])).toEqual(answered('already_applied'))
})

it('a command that is repeated hears what it brought about, not that another did', () => {
  const redrive = revision({ revision: 2, kind: 'redrive' })
  expect(answer('replay', 'replayed', [revision({ command_id: 'mine' }), redrive])).toEqual(
    answered('replayed', true),
  )
  expect(answer('skip', 'skipped', [], 'mine')).toEqual(answered('skipped', true))
})

it('what is given up stays given up, and what is counted cannot be given up', () => {
  expect(answer('replay', 'skipped', [], 'of another')).toEqual(answered('skipped'))
  expect(answer('skip', 'skipped', [], 'of another')).toEqual(answered('skipped'))
  for (const status of ['committed', 'replayed'] as const)
    expect(answer('skip', status)).toMatchObject({ refusal: expect.stringContaining(status) as string })
})

it('a batch whose outputs are withheld is for its workflow, until they are published', () => {
  const since = new Date('2026-03-01T10:00:00Z')
  for (const command of ['replay', 'skip'] as const)
    expect(answer(command, 'committed', [], 'of another', since)).toEqual(workflow)
  const publish = revision({ kind: 'publish', logins: 0, published: false })
  expect(answer('replay', 'committed', [publish])).toEqual(workflow)
  const mine = { ...publish, published: true, command_id: 'mine' }
  expect(answer('replay', 'committed', [mine])).toEqual(answered('published', true))
  expect(answer('replay', 'committed', [{ ...publish, published: true }])).toEqual(
    answered('already_applied'),
  )
})
