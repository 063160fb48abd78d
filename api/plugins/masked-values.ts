import { HIDDEN_TEXT, type Pseudonym } from '../context/masks.ts'
import type { Mask } from '../context/permission.ts'

type Ranked = { value: string; logins: number }

/** What is seen instead of a value. Null stays null: that there is none says nothing about anybody. */
export function masked(mask: Mask, value: unknown, pseudonym: Pseudonym): unknown {
  if (value == null || mask === 'nothing') return null
  if (mask === 'text') return HIDDEN_TEXT
  if (mask === 'ranked users') return maskedRanks(value as Ranked[], pseudonym)
  return pseudonym(mask, value as string)
}

/** Equal ranks are in order of their pseudonyms, because their own order would tell something of the values. */
const maskedRanks = (ranks: readonly Ranked[], pseudonym: Pseudonym): Ranked[] =>
  ranks
    .map(({ value, logins }) => ({ value: pseudonym('user', value), logins }))
    .sort((a, b) => b.logins - a.logins || (a.value < b.value ? -1 : 1))
