import type { Question } from './question.ts'
import { engagementQuestions } from './questions-engagement.ts'
import { countsQuestions } from './questions-counts.ts'
import { pipelineQuestions } from './questions-pipeline.ts'
import { rowQuestions } from './questions-rows.ts'
import { shapeQuestions } from './questions-shapes.ts'
import { topQuestions } from './questions-top.ts'

/** One for each way of reading that grows with the history: what costs the same as another one is not asked. */
export const questions: readonly Question[] = [
  ...countsQuestions,
  ...topQuestions,
  ...shapeQuestions,
  ...engagementQuestions,
  ...rowQuestions,
  ...pipelineQuestions,
]
