import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createApiMetrics } from '../api/metrics/serve-api-metrics.ts'
import { loadConfig } from '../config/config.ts'
import { serveProbes } from './serve-probes.ts'
import { startMetrics } from './start-metrics.ts'
import { installTemporalLog } from './temporal-log.ts'

type Settings = Record<string, string>

const log = pino({ level: 'silent' })
const unused = {} as Parameters<ReturnType<typeof createApiMetrics>['serve']>[1]
const listeners: [string, string, (settings: Settings) => Promise<unknown>][] = [
  ['WORKER_HOST', 'WORKER_PORT', (env) => serveProbes(loadConfig(env).worker, {}, log)],
  ['METRICS_HOST', 'WORKER_METRICS_PORT', (env) => startMetrics(loadConfig(env), 'worker', '0.0.0', log)],
  [
    'METRICS_HOST',
    'TEMPORAL_METRICS_PORT',
    (env) =>
      Promise.resolve().then(() => {
        installTemporalLog(log, loadConfig(env).metrics)
      }),
  ],
  [
    'METRICS_HOST',
    'API_METRICS_PORT',
    (env) => createApiMetrics('0.0.0').serve(loadConfig(env), unused, log),
  ],
]

test.each(listeners)('a port that is taken is said with its setting: %s, %s', async (_, setting, listen) => {
  const taken = createServer()
  await once(taken.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    taken.close()
  })
  const { port } = taken.address() as AddressInfo
  await expect(listen({ [setting]: String(port) })).rejects.toThrow(
    `port ${port} of 127.0.0.1 is taken: set ${setting} to another one`,
  )
})

test.each(listeners)(
  'an address of another machine is said with its settings: %s, %s',
  async (host, setting, listen) => {
    // Of documentation: RFC 5737.
    await expect(listen({ [host]: '192.0.2.1', [setting]: '0' })).rejects.toThrow(
      new RegExp(`cannot listen on 192.0.2.1, port 0 \\(.*\\): correct ${host} or ${setting}`),
    )
  },
)
