import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import type { SelectedField } from '../selected-fields.ts'

/** Whether a field is of everything together, in the range or its buckets, and not of groups. */
export const isOfTotal = ({ path: [first] }: Pick<SelectedField, 'path'>): boolean =>
  first === 'total' || first === 'points'

/** The dimensions by which what a field is of is divided: none of the total. */
export const dividedBy = (
  field: Pick<SelectedField, 'path'>,
  groupBy: readonly GroupDimension[],
): readonly GroupDimension[] => (isOfTotal(field) ? [] : groupBy)

/** Fields whose measures are of buckets. */
export const BY_BUCKET: readonly string[] = ['points', 'series', 'peak']
