import type { Question } from './question.ts'
import { engagementQuestions } from './questions-engagement.ts'
import { countsQuestions } from './questions-counts.ts'
import { measureQuestions } from './questions-measures.ts'
import { peopleQuestions } from './questions-people.ts'
import { pipelineQuestions } from './questions-pipeline.ts'
import { rowQuestions } from './questions-rows.ts'
import { shapeQuestions } from './questions-shapes.ts'
import { topQuestions } from './questions-top.ts'

/**
 * One question for each way of reading whose cost grows with the history; two that cost the same are not both
 * asked.
 */
export const questions: readonly Question[] = [
  ...countsQuestions,
  ...topQuestions,
  ...shapeQuestions,
  ...measureQuestions,
  ...peopleQuestions,
  ...engagementQuestions,
  ...rowQuestions,
  ...pipelineQuestions,
]
