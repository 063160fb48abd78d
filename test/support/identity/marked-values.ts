import type { Deployment } from '../deployment/deployment.ts'

/** What no answer to somebody who may not see persons may hold, in whatever form. */
export const MARKS = [
  ...['mark-user', 'mark-device', '203.0.113.77', 'mark-event', 'mark-session', 'mark-failure'],
  ...['mark-extra', 'mark-reject', 'mark-key', 'mark-header', 'mark-spelling'],
]
export const LOGINS = 5

/** Logins and a reject that hold marks. */
export async function sendMarked({ kafka, config }: Deployment): Promise<void> {
  const login = {
    ...{ user_id: 'mark-user', device_id: 'mark-device', ip: '203.0.113.77', event_id: 'mark-event' },
    ...{
      timestamp: Math.floor(Date.now() / 1000),
      session_id: 'mark-session',
      failure_reason: 'mark-failure',
    },
    ...{ outcome: 'mark-spelling', note: 'mark-extra', device_type: 'iOS', app_version: '1.0', locale: 'RI' },
  }
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({
    topic: config.kafka.topic,
    messages: [
      ...Array.from({ length: LOGINS }, () => ({ value: JSON.stringify(login), partition: 0 })),
      {
        value: JSON.stringify({ ...login, ip: 'mark-reject' }),
        key: 'mark-key',
        headers: { h: 'mark-header' },
        partition: 0,
      },
    ],
  })
  await producer.disconnect()
}

/** The marks that an answer holds: also in base64, as bytes, cursors and ids are. */
export function marksIn(answer: string): string[] {
  const decoded = [...answer.matchAll(/[\w+/-]{8,}={0,2}/g)].map(([text]) =>
    Buffer.from(text, 'base64').toString('latin1'),
  )
  const text = [answer, ...decoded].join('\n')
  return MARKS.filter((mark) => text.includes(mark))
}
