import { expect, it, onTestFinished, vi } from 'vitest'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import type { Viewer } from '../context/audit.ts'
import { localActor } from '../context/actor.ts'
import { Look } from '../context/look.ts'
import { createLookAudit } from './look-audit.ts'

const viewer = (name: string, address = '192.0.2.1'): Viewer => ({
  actor: localActor(new Headers({ 'x-rollcall-actor': name })),
  ...{ by: 'query', address, requestId: null },
})

function seen(user: string) {
  const look = new Look()
  look.field('Attempt.userId')
  look.subject('user', user)
  const sum = look.seen((kind, value) => `${kind}-${value}`)
  if (sum === null) throw new Error('nothing was noted')
  return sum
}

/** `written` has the events of each statement; each statement lasts until `end` ends it. */
function open() {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const written: AuditEvent[][] = []
  const ends: ((error?: Error) => void)[] = []
  const warn = vi.fn()
  const append = (events: readonly AuditEvent[]) =>
    new Promise<void>((resolve, reject) => {
      written.push([...events])
      ends.push((error) => {
        if (error === undefined) resolve()
        else reject(error)
      })
    })
  const audit = createLookAudit(append, Date.now, { error: warn, warn, info: warn })
  const end = async (error?: Error) => {
    ends.shift()?.(error)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { audit, written, end, warn }
}

it('writes a look before it says so, with who saw what of whom', async () => {
  const { audit, written, end } = open()
  let isRecorded: boolean | null = null
  void audit.record(viewer('eve'), seen('ann')).then((done) => (isRecorded = done))
  await vi.advanceTimersByTimeAsync(100)
  expect(isRecorded).toBeNull()
  await end()
  expect(isRecorded).toBe(true)
  expect(written).toEqual([
    [
      expect.objectContaining({
        ...{
          kind: 'persons_read',
          result: 'done',
          actor: expect.objectContaining({ subject: 'eve' }) as unknown,
        },
        detail: {
          ...{ by: 'query', address: '192.0.2.1', requestId: null, more: 0 },
          ...{ fields: { 'Attempt.userId': 1 }, counts: { user: 1 }, whom: ['user-ann'] },
        },
      }) as unknown,
    ],
  ])
})

it('writes the same look of the same viewer once a minute, and others at once', async () => {
  const { audit, written, end } = open()
  const look = async (one: Viewer, user: string) => {
    const recorded = audit.record(one, seen(user))
    await vi.advanceTimersByTimeAsync(0)
    await end()
    return await recorded
  }
  for (let i = 0; i < 3; i++) expect(await look(viewer('eve'), 'ann')).toBe(true)
  expect(written).toHaveLength(1)
  await look(viewer('eve'), 'bob')
  await look(viewer('mallory'), 'ann')
  await look(viewer('eve', '192.0.2.2'), 'ann')
  await look({ ...viewer('eve'), by: 'subscription' }, 'ann')
  expect(written).toHaveLength(5)
  await vi.advanceTimersByTimeAsync(60_001)
  await look(viewer('eve'), 'ann')
  expect(written).toHaveLength(6)
})

it('writes all that came during a statement by the next one', async () => {
  const { audit, written, end } = open()
  const looks = ['a', 'b', 'c', 'd'].map((user) => audit.record(viewer('eve'), seen(user)))
  await end()
  await end()
  expect(await Promise.all(looks)).toEqual([true, true, true, true])
  expect(written.map((events) => events.length)).toEqual([1, 3])
})

it('does not take a look for recorded that was not, and says so in the log, not for each', async () => {
  const { audit, written, end, warn } = open()
  const first = audit.record(viewer('eve'), seen('ann'))
  const same = audit.record(viewer('eve'), seen('ann'))
  await end(new Error('the primary is away'))
  expect(await Promise.all([first, same])).toEqual([false, false])
  const again = audit.record(viewer('eve'), seen('ann'))
  await end()
  expect(await again).toBe(true)
  expect(written).toHaveLength(2)
  expect(warn).toHaveBeenCalledTimes(1)
})

it('gives up on a primary that does not answer, for those who wait behind it, too', async () => {
  const { audit, written } = open()
  const looks = ['a', 'b'].map((user) => audit.record(viewer('eve'), seen(user)))
  await vi.advanceTimersByTimeAsync(3_001)
  expect(await Promise.all(looks)).toEqual([false, false])
  expect(written).toHaveLength(1)
})

it('refuses at once what would wait beyond a bound', async () => {
  const { audit } = open()
  const looks = Array.from({ length: 1_002 }, (_, i) => audit.record(viewer('eve'), seen(`u${i}`)))
  expect(await looks.at(-1)).toBe(false)
  await vi.advanceTimersByTimeAsync(3_001)
  await Promise.all(looks)
})
