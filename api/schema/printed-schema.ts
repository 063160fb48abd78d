import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './schema.ts'

/** schema.graphql as the code says it; sorted, so that moving code changes nothing. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`
