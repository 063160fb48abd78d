import { openDimensions } from '../../domain/counts/dimensions.ts'

/**
 * Makes the statement that adds the values of counts to `dimension_value`, but for those that it has.
 * @param counts a table or query with a column for each dimension
 */
export const addKnownValues = (counts: string): string => `
  insert into dimension_value (dimension, value)
  ${openDimensions.map(({ name }) => `select '${name}', ${name} from ${counts}`).join(' union ')}
  on conflict do nothing`
