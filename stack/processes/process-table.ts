import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

type ProcessRow = {
  parent: number
  /** When it started, as the system writes it. A pid is used again, but not with the same start. */
  started: string
}

/** All processes of the machine, by pid. */
export const processTable = (): Map<number, ProcessRow> =>
  process.platform === 'linux' ? fromProc() : fromPs()

/** When a process started. Null: there is no such process. */
export const startOf = (pid: number): string | null => processTable().get(pid)?.started ?? null

/**
 * `pid` and all its descendants. A group is not enough: Postgres puts each of its processes in a group of its
 * own.
 */
export function processTree(pid: number, table: Map<number, ProcessRow>): number[] {
  const children = [...table].filter(([, { parent }]) => parent === pid).map(([child]) => child)
  return [pid, ...children.flatMap((child) => processTree(child, table))]
}

/** Reads /proc, because not every Linux has `ps`. */
function fromProc(): Map<number, ProcessRow> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const rows = pids.flatMap((name): [number, ProcessRow][] => {
    try {
      const row = parseStat(readFileSync(`/proc/${name}/stat`, 'utf8'))
      return row === null ? [] : [[Number(name), row]]
    } catch {
      // It ended since the folder was read.
      return []
    }
  })
  return new Map(rows)
}

/**
 * Parses a line of /proc/PID/stat, whose second field, the name, may hold spaces and parentheses. Returns
 * null for a zombie: it has ended, and its parent has not read its exit code yet.
 */
export function parseStat(line: string): ProcessRow | null {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? null : { parent: Number(fields[1]), started: fields[19] ?? '' }
}

function fromPs(): Map<number, ProcessRow> {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,lstart='], { encoding: 'utf8' }).split('\n')
  return new Map(lines.flatMap(parsePsLine))
}

/** Parses a line of `ps -o pid=,ppid=,lstart=`. Returns no entry for an empty line. */
export function parsePsLine(line: string): [number, ProcessRow][] {
  const [, pid, parent, started] = /^\s*(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(line) ?? []
  return started === undefined ? [] : [[Number(pid), { parent: Number(parent), started }]]
}
