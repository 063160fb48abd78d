import type { Question } from './question.ts'
import { engagementQuestions } from './questions-engagement.ts'
import { countsQuestions } from './questions-counts.ts'
import { momentQuestions } from './questions-moments.ts'
import { pipelineQuestions } from './questions-pipeline.ts'
import { rowQuestions } from './questions-rows.ts'
import { shapeQuestions } from './questions-shapes.ts'
import { topQuestions } from './questions-top.ts'

/** Of schema.graphql all but what Temporal answers alone: replayRun, redriveRun. */
export const questions: readonly Question[] = [
  ...countsQuestions,
  ...topQuestions,
  ...shapeQuestions,
  ...momentQuestions,
  ...engagementQuestions,
  ...rowQuestions,
  ...pipelineQuestions,
]
