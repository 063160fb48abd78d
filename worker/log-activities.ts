import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import type { LogFields } from '../config/log-fields.ts'

/**
 * Gives each line that an activity logs the topic and partition that it works on: those of its argument. The SDK adds the
 * workflow, its run, the activity and the attempt.
 */
export const logActivities: ActivityInterceptorsFactory = () => {
  let place: LogFields = {}
  return {
    inbound: {
      execute: (input, next) => {
        place = placeOf(input.args[0])
        return next(input)
      },
    },
    outbound: {
      getLogAttributes: (input, next) => next({ ...input, ...place }),
    },
  }
}

/** @param argument of an activity */
function placeOf(argument: unknown): LogFields {
  if (typeof argument !== 'object' || argument === null) return {}
  const { topic, partition } = argument as Record<string, unknown>
  return {
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof partition === 'number' ? { partition } : {}),
  }
}
