import { type Board, inJob, jobVariable, type Panel, perSecond, quantile } from './board.ts'

const JOB = inJob('temporal_job')
const slow = (metric: string, by: string) => quantile(0.99, metric, by, JOB)

const library: Panel[] = [
  {
    title: 'Activities wait for a slot',
    as: 'lines',
    description:
      'From being scheduled until a worker takes them, 99 of 100 at most. Seconds: workers have no room, or none polls.',
    unit: 's',
    queries: [
      {
        expression: slow('temporal_activity_schedule_to_start_latency_seconds', 'task_queue'),
        legend: '{{task_queue}}',
      },
    ],
    alerts: ['RollcallNoWorker'],
    width: 8,
  },
  {
    title: 'Activities run',
    as: 'lines',
    description:
      'How long 99 of 100 runs took at most. A slice runs for as long as its worker holds the partition.',
    unit: 's',
    queries: [
      {
        expression: slow('temporal_activity_execution_latency_seconds', 'activity_type'),
        legend: '{{activity_type}}',
      },
    ],
    width: 8,
  },
  {
    title: 'Tasks of workflows',
    as: 'lines',
    description:
      'How long 99 of 100 waited and ran at most. Above 100 ms: workers are busy, or the server is.',
    unit: 's',
    queries: [
      {
        expression: slow('temporal_workflow_task_schedule_to_start_latency_seconds', 'task_queue'),
        legend: '{{task_queue}} waited',
      },
      {
        expression: slow('temporal_workflow_task_execution_latency_seconds', 'task_queue'),
        legend: '{{task_queue}} ran',
      },
    ],
    width: 8,
  },
  {
    title: 'Slots of workers',
    as: 'lines',
    description: 'Slots for tasks, used and free. None free: work waits.',
    unit: 'short',
    queries: [
      {
        expression: `sum by (worker_type) (temporal_worker_task_slots_used{${JOB}})`,
        legend: '{{worker_type}} used',
      },
      {
        expression: `sum by (worker_type) (temporal_worker_task_slots_available{${JOB}})`,
        legend: '{{worker_type}} free',
      },
    ],
    width: 8,
  },
  {
    title: 'Pollers and cached workflows',
    as: 'lines',
    description:
      'Requests of workers that wait for tasks: none, and nobody takes any. And workflows that workers have in memory.',
    unit: 'short',
    queries: [
      {
        expression: `sum by (poller_type) (temporal_num_pollers{${JOB}})`,
        legend: '{{poller_type}}',
      },
      { expression: `sum(temporal_sticky_cache_size{${JOB}})`, legend: 'cached workflows' },
    ],
    width: 8,
  },
  {
    title: 'Requests to the server',
    as: 'lines',
    description: 'How long 99 of 100 requests of workers took at most.',
    unit: 's',
    queries: [{ expression: slow('temporal_request_latency_seconds', 'operation'), legend: '{{operation}}' }],
    width: 8,
  },
  {
    title: 'Requests of workers',
    as: 'stack',
    description: 'What workers ask of the server each second.',
    unit: 'reqps',
    queries: [{ expression: perSecond('temporal_request_total', 'operation', JOB), legend: '{{operation}}' }],
    width: 24,
  },
]

const server: Panel[] = [
  {
    title: 'Requests',
    as: 'stack',
    description: 'What the server answers each second.',
    unit: 'reqps',
    queries: [{ expression: perSecond('service_requests', 'operation', JOB), legend: '{{operation}}' }],
    width: 8,
  },
  {
    title: 'Errors',
    as: 'stack',
    description: 'Requests that the server could not answer. A few at a start are usual.',
    unit: 'reqps',
    // The server counts errors from the first one on.
    queries: [
      {
        expression: `${perSecond('service_errors', 'operation', JOB)} or 0 * ${perSecond('service_requests', 'operation', JOB)}`,
        legend: '{{operation}}',
      },
    ],
    alerts: ['RollcallDependencyAway'],
    width: 8,
  },
  {
    title: 'Waiting requests',
    as: 'lines',
    description: 'Requests that the server has taken and not yet answered; polls of workers are among them.',
    unit: 'short',
    queries: [
      {
        expression: `sum by (service_name) (service_pending_requests{${JOB}})`,
        legend: '{{service_name}}',
      },
    ],
    width: 8,
  },
  {
    title: 'Its database',
    as: 'stack',
    description: "What the server asks of its own database each second. It is not Rollcall's.",
    unit: 'reqps',
    queries: [{ expression: perSecond('persistence_requests', 'operation', JOB), legend: '{{operation}}' }],
    width: 12,
  },
  {
    title: 'Tasks',
    as: 'stack',
    description: 'Tasks of its queues that the server works off each second.',
    unit: 'cps',
    queries: [{ expression: perSecond('task_requests', 'operation', JOB), legend: '{{operation}}' }],
    width: 12,
  },
]

/** Temporal's library in workers, and its server. */
export const temporal: Board = {
  name: 'rollcall-temporal',
  title: 'Rollcall: Temporal',
  description: "Temporal's library in workers, and its server.",
  variables: [jobVariable('temporal_job', '{__name__=~"temporal_num_pollers|service_requests"}')],
  rows: [
    { title: 'In workers', panels: library },
    { title: 'Server', panels: server },
  ],
}
