/** Why counts of a range changed. */
export type CauseKind = 'batches' | 'late' | 'replay' | 'redrive'

/** Attempts, and the failures among them. */
export type AttemptTally = { attempts: bigint; failures: bigint }

type Change = AttemptTally & {
  /** Null: the batch itself. */
  kind: 'replay' | 'redrive' | null
  late_attempts: bigint
  late_failures: bigint
}

/** What a batch or revision added by one cause. */
export type CausedChange<C> = AttemptTally & { change: C }

export type Cause<C> = AttemptTally & { kind: CauseKind; changes: CausedChange<C>[] }

const kinds: readonly CauseKind[] = ['batches', 'late', 'replay', 'redrive']

export const noAttempts: AttemptTally = { attempts: 0n, failures: 0n }

export const addAttempts = (a: AttemptTally, b: AttemptTally): AttemptTally => ({
  attempts: a.attempts + b.attempts,
  failures: a.failures + b.failures,
})

export const subtractAttempts = (a: AttemptTally, b: AttemptTally): AttemptTally => ({
  attempts: a.attempts - b.attempts,
  failures: a.failures - b.failures,
})

/** Tells changes apart by their causes, in order of the causes; those without changes are left out. */
export function causesOf<C extends Change>(changes: readonly C[]): Cause<C>[] {
  const parts = changes.flatMap((change) => partsOf(change))
  return kinds.flatMap((kind) => {
    const own = parts.filter((part) => part.kind === kind)
    if (own.length === 0) return []
    const { attempts, failures } = own
      .map(({ change }) => change)
      .reduce<AttemptTally>(addAttempts, noAttempts)
    return [{ kind, attempts, failures, changes: own.map(({ change }) => change) }]
  })
}

function partsOf<C extends Change>(change: C): { kind: CauseKind; change: CausedChange<C> }[] {
  if (change.kind !== null) return [{ kind: change.kind, change: { ...tallyOf(change), change } }]
  const late = { attempts: change.late_attempts, failures: change.late_failures }
  const inTime = subtractAttempts(change, late)
  return [
    { kind: 'batches' as const, change: { ...inTime, change } },
    { kind: 'late' as const, change: { ...late, change } },
  ].filter((part) => part.change.attempts !== 0n)
}

const tallyOf = ({ attempts, failures }: AttemptTally): AttemptTally => ({ attempts, failures })
