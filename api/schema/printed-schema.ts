import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './schema.ts'

/** The text of schema.graphql, sorted so that moving code does not change it. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`
