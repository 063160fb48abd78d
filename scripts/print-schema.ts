import { writeFile } from 'node:fs/promises'
import { printedSchema } from '../api/schema/printed-schema.ts'
import { runScript } from './run-script.ts'

await runScript(() => writeFile(new URL('../schema.graphql', import.meta.url), printedSchema()))
