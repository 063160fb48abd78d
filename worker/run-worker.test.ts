import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import { freePort, HOST } from '../stack/processes/ports.ts'
import { eventually } from '../test/support/eventually.ts'
import { runWorker } from './run-worker.ts'

test('a worker that waits for Temporal answers its probes, and says what it waits for', async () => {
  const [port, nothing] = [await freePort(0), await freePort(0)]
  const config = loadConfig({
    TEMPORAL_ADDRESS: `${HOST}:${nothing}`,
    WORKER_PORT: String(port),
    WORKFLOW_BUNDLE: import.meta.filename,
  })
  const stop = new AbortController()
  const ended = runWorker({ config, log: pino({ enabled: false }), codeVersion: 'test', stop: stop.signal })
  onTestFinished(async () => {
    stop.abort()
    await ended
  })
  const ask = async (path: string) => {
    const response = await fetch(`http://${HOST}:${port}${path}`)
    return { status: response.status, text: await response.text() }
  }
  await eventually(async () => {
    expect((await ask('/health')).status).toBe(200)
    expect(await ask('/ready')).toEqual({
      status: 503,
      text: expect.stringContaining(`Temporal does not answer at ${HOST}:${nothing}`) as string,
    })
  })
}, 30_000)
