import { NAMESPACE, type Panel } from './board.ts'

const BY = 'namespace, job, instance'
const OF = '{{job}} {{instance}}'
/** Metrics of prom-client that others serve as well: only of our processes. */
const ours = (metric: string) => `${metric} and on (${BY}) rollcall_build_info{${NAMESPACE}}`

/** What each API and worker uses. */
export const processes: Panel[] = [
  {
    title: 'Connections to Postgres',
    as: 'lines',
    description:
      'Connections that are in use, and requests that wait for one. Those that wait all the time: the pool is too small, or statements are slow.',
    unit: 'short',
    queries: [
      {
        expression: `sum by (namespace, job, pool, state) (rollcall_pool_connections{${NAMESPACE},state!="idle"})`,
        legend: '{{job}} {{pool}} {{state}}',
      },
    ],
    width: 12,
  },
  {
    title: 'Event loop',
    as: 'lines',
    description:
      'How late the loop of Node.js turns: 99 of 100 times it is at most that. Above 100 ms each answer of the process is late.',
    unit: 's',
    queries: [{ expression: ours(`nodejs_eventloop_lag_p99_seconds{${NAMESPACE}}`), legend: OF }],
    limits: { warning: 0.1, page: 1 },
    width: 12,
  },
  {
    title: 'Memory by kind',
    as: 'lines',
    description: 'Resident memory is what the limit of a container counts; the other kinds are parts of it.',
    unit: 'bytes',
    queries: [
      {
        expression: `max by (${BY}, kind) (rollcall_memory_bytes{${NAMESPACE}})`,
        legend: `${OF} {{kind}}`,
      },
    ],
    alerts: ['RollcallCrashLoop'],
    width: 12,
  },
  {
    title: 'CPU',
    as: 'lines',
    description: 'Cores that each process uses. A worker or API that uses one all the time has no room left.',
    unit: 'short',
    queries: [
      {
        expression: `rate(process_cpu_seconds_total{${NAMESPACE}}[$__rate_interval]) and on (${BY}) rollcall_build_info{${NAMESPACE}}`,
        legend: OF,
      },
    ],
    width: 12,
  },
]
