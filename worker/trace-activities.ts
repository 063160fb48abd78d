import type { Context as ActivityContext } from '@temporalio/activity'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { during } from '../tracing/active-span.ts'
import type { Tracing } from '../tracing/span.ts'

/**
 * Each run of an activity is a trace, which says of which workflow it is: a trace of days, as workflows run here, would be of use
 * to nobody.
 */
export const traceActivities =
  (tracing: Tracing): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: (input, next) =>
        during(tracing.begin(info.activityType, { attributes: placeOf(info) }), () => next(input)),
    },
  })

const placeOf = ({
  workflowExecution,
  workflowType,
  activityId,
  attempt,
  taskQueue,
}: ActivityContext['info']) => ({
  'temporal.workflow.id': workflowExecution?.workflowId ?? '',
  'temporal.run.id': workflowExecution?.runId ?? '',
  'temporal.workflow.type': workflowType ?? '',
  'temporal.activity.id': activityId,
  'temporal.attempt': attempt,
  'temporal.task_queue': taskQueue,
})
