import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { HOST } from '../../../stack/processes/ports.ts'

/** One alert, as Alertmanager gives it to a webhook (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
export type DeliveredAlert = {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  receiver: string
}

export type AlertSink = {
  url: string
  /** All that was delivered so far. */
  delivered: DeliveredAlert[]
  close: () => void
}

/** A webhook that takes what Alertmanager delivers. */
export async function startAlertSink(): Promise<AlertSink> {
  const delivered: DeliveredAlert[] = []
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { receiver, alerts } = body as { receiver: string; alerts: Omit<DeliveredAlert, 'receiver'>[] }
      delivered.push(...alerts.map((alert) => ({ ...alert, receiver })))
      response.end()
    })
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(0, HOST, () => {
    resolve(undefined)
  })
  await promise
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://${HOST}:${port}/`, delivered, close: () => server.close() }
}
