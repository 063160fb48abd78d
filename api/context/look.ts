import { createHash } from 'node:crypto'
import type { AuditDetails } from '../../domain/audit/audit-event.ts'
import type { Pseudonym, PseudonymKind } from './masks.ts'

/** Whom or what a value is about: an id or address as attempts have it, or the place of a rejected record. */
export type Subject = { kind: PseudonymKind | 'record'; value: string }

/** What the audit has of a look. */
export type Seen = Pick<AuditDetails['persons_read'], 'fields' | 'counts' | 'whom' | 'more'> & {
  /** The same for looks at the same fields of the same subjects. */
  digest: string
}

/** Subjects that an event names: those of a full page (limits.page), and no event has more than about 12 kB. */
export const MOST_NAMED = 500

/** Users first: of many subjects they are what an audit is asked for. */
const ORDER: readonly Subject['kind'][] = ['user', 'device', 'address', 'event', 'session', 'record']

/**
 * What the answer to one request shows of persons, and by whom it was asked. Resolvers note it where a role permits a
 * personal value that another role would see masked (api/plugins/note-looks.ts).
 */
export class Look {
  readonly #fields = new Map<string, number>()
  readonly #subjects = new Map<Subject['kind'], Set<string>>()
  #seen: Seen | null = null

  /** @param field in the schema, such as Attempt.userId or Query.attempts(filter.users) */
  field(field: string): void {
    this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1)
  }

  subject(kind: Subject['kind'], value: string): void {
    const known = this.#subjects.get(kind)
    if (known === undefined) this.#subjects.set(kind, new Set([value]))
    else known.add(value)
  }

  /** What was noted, in all; null: nothing. Nothing may be noted after. The values themselves are forgotten. */
  seen(pseudonym: Pseudonym): Seen | null {
    if (this.#fields.size === 0) return null
    this.#seen ??= this.#sum(pseudonym)
    this.#subjects.clear()
    return this.#seen
  }

  #sum(pseudonym: Pseudonym): Seen {
    const digest = createHash('sha256')
    const counts: Partial<Record<Subject['kind'], number>> = {}
    const whom: string[] = []
    let all = 0
    const fields = [...this.#fields].sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [field, count] of fields) digest.update(`${field} ${count}\0`)
    for (const kind of ORDER) {
      const values = this.#subjects.get(kind)
      if (values === undefined) continue
      counts[kind] = values.size
      all += values.size
      for (const value of values) {
        digest.update(`${kind} ${value}\0`)
        if (whom.length < MOST_NAMED)
          whom.push(kind === 'record' ? `record ${value}` : pseudonym(kind, value))
      }
    }
    return {
      fields: Object.fromEntries(fields),
      counts,
      whom,
      more: all - whom.length,
      digest: digest.digest('base64'),
    }
  }
}
