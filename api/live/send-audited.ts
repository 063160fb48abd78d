import type { LookAudit, Viewer } from '../context/audit.ts'
import type { Pseudonym } from '../context/masks.ts'
import { unaudited } from '../context/viewer.ts'
import { errorEvent } from './error-event.ts'
import type { EventStream } from './event-stream.ts'
import type { LiveAnswer } from './live-question.ts'

/**
 * Returns what sends answers to one subscriber, each when the audit has that they are shown to them. If it does not take that, the
 * subscription ends with an error: who comes back is shown what is newest then.
 */
export function sendAudited(
  stream: EventStream,
  audit: LookAudit,
  viewer: Viewer,
  pseudonym: Pseudonym,
): (answer: LiveAnswer) => void {
  /** While an answer waits for the audit, only the newest one waits behind it. */
  let next: LiveAnswer | null = null
  let isSending = false
  const isRecorded = async ({ look }: LiveAnswer) => {
    const seen = look?.seen(pseudonym) ?? null
    return seen === null || (await audit.record(viewer, seen))
  }
  const sendAll = async () => {
    while (next !== null && !stream.readable.destroyed) {
      const answer: LiveAnswer = next
      next = null
      if (await isRecorded(answer)) stream.send(answer.event())
      else {
        stream.send(errorEvent(unaudited('subscription')))
        stream.end()
        return
      }
    }
    isSending = false
  }
  return (answer) => {
    next = answer
    if (isSending) return
    isSending = true
    void sendAll()
  }
}
