import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import type { LogFields } from '../config/log-fields.ts'
import { withLogFields } from '../config/logger.ts'

/**
 * Gives each line that an activity logs its workflow, run and attempt, and the topic and partition that it works on: those
 * of its argument.
 */
export const logActivities: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute: (input, next) => {
      const { workflowExecution, activityType, attempt } = info
      const fields = {
        workflowId: workflowExecution?.workflowId,
        runId: workflowExecution?.runId,
        ...{ activity: activityType, attempt },
        ...placeOf(input.args[0]),
      }
      return withLogFields(fields, () => next(input))
    },
  },
})

/** @param argument of an activity */
function placeOf(argument: unknown): LogFields {
  if (typeof argument !== 'object' || argument === null) return {}
  const { topic, partition } = argument as Record<string, unknown>
  return {
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof partition === 'number' ? { partition } : {}),
  }
}
