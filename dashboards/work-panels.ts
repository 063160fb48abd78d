import { NAMESPACE, type Panel, perSecond, quantile } from './board.ts'

/** What workers do, and do again. */
export const workPanels: Panel[] = [
  {
    title: 'Retries by dependency',
    as: 'stack',
    description: 'Work that is tried again, because a part was away or busy. Empty when none ever was.',
    unit: 'cps',
    queries: [
      {
        expression: perSecond('rollcall_retries_total', 'namespace, dependency'),
        legend: '{{namespace}} {{dependency}}',
      },
    ],
    alerts: ['RollcallDependencyAway'],
    width: 8,
  },
  {
    title: 'Failures of slices',
    as: 'stack',
    description:
      'Slices that ended with a failure. Transient ones are tried again; defect is a fault of ours, of which the log has the stack.',
    unit: 'cps',
    queries: [
      {
        expression: perSecond('rollcall_slice_failures_total', 'namespace, dependency, class'),
        legend: '{{namespace}} {{dependency}} {{class}}',
      },
    ],
    alerts: ['RollcallDefect'],
    width: 8,
  },
  {
    title: 'Slices that ended',
    as: 'stack',
    description: 'A slice is the time for which a worker holds a partition before it may go to another one.',
    unit: 'cps',
    queries: [
      {
        expression: perSecond('rollcall_slices_total', 'namespace, outcome'),
        legend: '{{namespace}} {{outcome}}',
      },
    ],
    width: 8,
  },
  {
    title: 'Partitions held by each worker',
    as: 'lines',
    description: 'Together as many as the topic has; a worker that is new gets its share.',
    unit: 'short',
    queries: [
      {
        expression: `sum by (namespace, instance) (rollcall_slices_running{${NAMESPACE}})`,
        legend: '{{namespace}} {{instance}}',
      },
    ],
    width: 12,
  },
  {
    title: 'Replays',
    as: 'stack',
    description:
      'Attempts to replay or skip a parked batch, and to redrive rejects. Empty when there were none.',
    unit: 'cps',
    queries: [
      {
        expression: perSecond('rollcall_replays_total', 'namespace, outcome'),
        legend: '{{namespace}} {{outcome}}',
      },
    ],
    width: 12,
  },
]

/** How old what upkeep has yet to roll up is. */
export const rollupsBehind = ({ description, width }: Pick<Panel, 'description' | 'width'>): Panel => ({
  title: 'Rollups behind',
  as: 'lines',
  description,
  unit: 's',
  queries: [
    {
      expression: `max by (namespace, rollup) (rollcall_rollup_delay_seconds{${NAMESPACE}})`,
      legend: '{{namespace}} {{rollup}}',
    },
  ],
  limits: { warning: 1_800 },
  alerts: ['RollcallRollupsBehind'],
  width,
})

/** What upkeep does beside them. */
export const upkeepPanels: Panel[] = [
  rollupsBehind({
    description: 'Age of the oldest batch that upkeep has yet to roll up. 0: none waits.',
    width: 8,
  }),
  {
    title: 'Batches to roll up',
    as: 'lines',
    description: 'It rises and falls with each turn of upkeep, and must not grow over hours.',
    unit: 'short',
    queries: [
      {
        expression: `max by (namespace, rollup) (rollcall_pending_batches{${NAMESPACE}})`,
        legend: '{{namespace}} {{rollup}}',
      },
    ],
    width: 8,
  },
  {
    title: 'Tasks of upkeep',
    as: 'lines',
    description: 'How long 99 of 100 runs of each task took at most.',
    unit: 's',
    queries: [
      {
        expression: quantile(0.99, 'rollcall_upkeep_task_duration_seconds', 'task'),
        legend: '{{task}}',
      },
    ],
    width: 8,
  },
  {
    title: 'Tasks of upkeep that fail',
    as: 'stack',
    description: 'They are tried again each second. Empty when none ever failed.',
    unit: 'cps',
    queries: [
      {
        expression: perSecond('rollcall_upkeep_failures_total', 'namespace, task'),
        legend: '{{namespace}} {{task}}',
      },
    ],
    alerts: ['RollcallUpkeepFailing'],
    width: 24,
  },
]
