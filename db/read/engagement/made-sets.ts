import type { SetSource } from '../../../domain/engagement/set-sources.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { DAY_MS, dayOf } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { type MadeCount, readMadeSpans } from './made-spans.ts'
import type { SetQuestion } from './set-cells.ts'
import { readDaysWithAny } from './set-days.ts'
import type { SetFacet } from './set-facets.ts'

/** A span that is made, and the number that stands for it. */
export type MadeSource = Extract<SetSource, { kind: 'made' }> & { number: number }

/** Names a made span of a value. */
export const keyOfMade = (value: string, number: number): string => `${number} ${value}`

/** Looks made spans up, and finds what is left: values that lack a span in which somebody was active, and these spans. */
export async function readMade(
  session: ReadSession,
  question: SetQuestion,
  facet: SetFacet,
  sources: readonly MadeSource[],
): Promise<{ counts: MadeCount[]; lacking: { values: string[]; spans: MadeSource[] } }> {
  const spans = sources.map(({ number, made }) => ({ number, ...made }))
  const counts = await readMadeSpans(session, question, facet, spans)
  const known = new Set(counts.map(({ value, number }) => keyOfMade(value, number)))
  const lacksOf = (value: string) => sources.filter(({ number }) => !known.has(keyOfMade(value, number)))
  const lacking = (facet.values ?? []).filter((value) => lacksOf(value).length > 0)
  if (lacking.length === 0) return { counts, lacking: { values: [], spans: [] } }
  const range = {
    from: sources.reduce((least, { span }) => Math.min(least, dayOf(span.fromMs)), Infinity),
    to: sources.reduce((most, { span }) => Math.max(most, dayOf(span.toMs - 1) + 1), -Infinity),
  }
  const active = await readDaysWithAny(session, question.kind, { ...facet, values: lacking }, range)
  const isActive = (value: string, { fromMs, toMs }: TimeBucket) =>
    active.get(value)?.some((day) => day >= dayOf(fromMs) && day * DAY_MS < toMs) === true
  const open = lacking.map((value) => ({
    value,
    spans: lacksOf(value).filter(({ span }) => isActive(value, span)),
  }))
  return {
    counts,
    lacking: {
      values: open.flatMap(({ value, spans }) => (spans.length === 0 ? [] : [value])),
      spans: [...new Set(open.flatMap(({ spans }) => spans))],
    },
  }
}
