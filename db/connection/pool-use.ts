import type { Socket } from 'node:net'

/** The connections of the pools of one name, and the work that waits for one. */
export type PoolUse = { used: number; idle: number; waiting: number }

/**
 * The end of what Postgres sends when it is ready for a query outside of a transaction: ReadyForQuery, in
 * https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
export const READY = Buffer.from('Z\0\0\0\x05I', 'latin1')

type Session = {
  socket: Socket
  /** How much had been sent when it was last idle; null: it is at work. */
  idleAt: number | null
}
type Work = { running: number; readonly most: number }

/** Of this process, by the names of pools. */
const sessions = new Map<string, Set<Session>>()
const works = new Map<string, Set<Work>>()

/** The pools of this process that had connections, and how they are used at this moment. */
export function poolUse(): ReadonlyMap<string, PoolUse> {
  const names = new Set([...sessions.keys(), ...works.keys()])
  return new Map(Array.from(names, (name) => [name, useOf(name)]))
}

function useOf(name: string): PoolUse {
  const open = [...(sessions.get(name) ?? [])]
  const idle = open.filter(({ socket, idleAt }) => socket.bytesWritten === idleAt).length
  const waiting = [...(works.get(name) ?? [])].map(({ running, most }) => Math.max(0, running - most))
  return { used: open.length - idle, idle, waiting: waiting.reduce((sum, one) => sum + one, 0) }
}

/**
 * Counts a connection of a pool until it closes. It is idle from the moment that Postgres is ready until something is sent.
 * @param applicationName of the pool, such as `rollcall-api-audit` or `rollcall slice 3 user-login`
 */
export function countSession(applicationName: string, socket: Socket): void {
  const open = entry(sessions, poolOf(applicationName))
  const session: Session = { socket, idleAt: null }
  let end: Buffer = Buffer.alloc(0)
  open.add(session)
  socket
    .on('data', (chunk: Buffer) => {
      end = (chunk.length < READY.length ? Buffer.concat([end, chunk]) : chunk).subarray(-READY.length)
      session.idleAt = end.equals(READY) ? socket.bytesWritten : null
    })
    .once('close', () => open.delete(session))
}

/**
 * Counts work that takes a connection of a pool of so many, and waits while there is none.
 * @returns begins work, and returns what ends it
 */
export function countWork(applicationName: string, most: number): () => () => void {
  const all = entry(works, poolOf(applicationName))
  const work: Work = { running: 0, most }
  return () => {
    all.add(work)
    work.running++
    return () => {
      work.running--
      if (work.running === 0) all.delete(work)
    }
  }
}

/** What tells pools apart, without what tells apart the connections of one, such as a partition. */
const poolOf = (applicationName: string): string =>
  applicationName.replace(/^rollcall(-api-| )/, '').split(' ')[0] ?? applicationName

function entry<T>(map: Map<string, Set<T>>, name: string): Set<T> {
  const found = map.get(name) ?? new Set<T>()
  map.set(name, found)
  return found
}
