import type { GraphQLResolveInfo } from 'graphql'
import type { CountSource } from '../../../db/read/counts/count-moment.ts'
import { type AnswerGroups, signatureOf } from '../../../domain/measures/answer-groups.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import { isCounted } from '../../../domain/measures/people.ts'
import type { ApiContext } from '../../context/context.ts'
import type { SelectedField } from '../selected-fields.ts'
import { answerPeople } from './answer-people.ts'
import type { MeasurePlan } from './plan-measures.ts'
import { type ListQuestion, readListed } from './read-listed.ts'
import { type PlannedCells, readMeasures } from './read-measures.ts'
import { type Listing, topGroups } from './top-groups.ts'

type Asking = { context: ApiContext; info: GraphQLResolveInfo; selected: readonly SelectedField[] }
type Reading = { plan: MeasurePlan; cells: PlannedCells; source: CountSource }

/**
 * Reads what a plan says, from the lists of logins by hour or from counts and bitmaps.
 * @param planned.ofGroups the spans that groups are wanted of, by number
 */
export async function readAnswer(
  { context, info, selected }: Asking,
  question: ListQuestion,
  { plan, cells, source }: Reading,
  { isListed, ofGroups }: { isListed: boolean; ofGroups: ReadonlySet<number> },
  listing: Listing,
): Promise<AnswerGroups> {
  if (!isListed) {
    const people = answerPeople(context, info, question, plan.people)
    const groups = await topGroups(
      await readMeasures(context, question, plan, cells, source),
      people,
      listing,
    )
    people.warn()
    return groups
  }
  const wanted = { ...listing, ofGroups, withins: withinsOf(selected) }
  const answer = await readListed(context, question, plan, cells, wanted)
  if (hasListedTotal(plan)) return answer
  const people = answerPeople(context, info, question, plan.people)
  const total = await people.countInTotal(answer.total)
  people.warn()
  return { ...answer, total }
}

/** Whether bitmaps are read, which follow the counts; the lists know everybody who is counted. */
export const readsBitmaps = (plan: MeasurePlan, isListed: boolean): boolean =>
  plan.people.isAny && !(isListed && hasListedTotal(plan))

/** The lists know who is in a span, but not who is new in it or came back. */
const hasListedTotal = ({ people }: MeasurePlan): boolean =>
  people.total.every(({ measure }) => isCounted(measure.name))

/** The dimensions within which shares are asked for, without repetitions. */
function withinsOf(selected: readonly SelectedField[]): (readonly GroupDimension[])[] {
  const all = selected.map(({ args }) => (args['within'] ?? []) as readonly GroupDimension[])
  return [...new Map(all.map((within) => [signatureOf(within), within])).values()].filter(
    (within) => within.length > 0,
  )
}
