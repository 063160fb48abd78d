import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { HOST } from '../../../stack/processes/ports.ts'

export type Ended = { code: number | null; out: string; err: string }

/** Runs `rollcall` as somebody would in a shell of their own, against the API on a port of this machine. */
export async function rollcall(
  port: number,
  args: string[],
  more: Record<string, string> = {},
): Promise<Ended> {
  const entry = fileURLToPath(new URL('../../../cli/rollcall.ts', import.meta.url))
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH: process.env['PATH'], ROLLCALL_URL: `http://${HOST}:${port}`, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = { code: null as number | null, out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk.toString()))
  return await new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ ...ended, code })
    })
  })
}
