import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeDown } from '../../../stack/processes/process.ts'
import { openFolder } from '../parts/own-folder.ts'

const project = fileURLToPath(new URL('../../..', import.meta.url))
/** The user of the chart's pods, whom nothing here knows. */
export const POD_USER = 10001

/**
 * A root as a pod has it: the image's files and those of Secrets, all read-only, and /tmp of 64 MB. Then, as its user and without any
 * capability, the container's command, as process 1.
 */
const SET_UP = `set -e
root=$1 project=$2 files=$3
shift 3
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir usr etc etc/rollcall dev proc tmp rollcall
for link in bin lib lib64; do cp -P "/$link" .; done
cp /etc/hosts /etc/resolv.conf /etc/nsswitch.conf /etc/passwd etc
mount --rbind /usr usr
mount --rbind /dev dev
mount -t proc proc proc
mount --bind "$project" rollcall
mount -o remount,bind,ro rollcall
mount --bind "$files" etc/rollcall
mount -o remount,bind,ro etc/rollcall
mount -t tmpfs -o size=64m,mode=1777 tmpfs tmp
mount -o remount,bind,ro usr
mount -o remount,ro .
exec chroot . setpriv --reuid ${POD_USER} --regid ${POD_USER} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  sh -c 'cd /rollcall && exec "$@"' sh "$@"`

/** Says why a pod's root cannot be made here; null: it can. */
export function whyNoPodRoot(): string | null {
  const { folder, close } = openFolder()
  try {
    execFileSync('unshare', inPodRoot(folder, ['true']), { stdio: 'ignore' })
    return null
  } catch {
    return 'needs root, unshare, chroot and setpriv of Linux, and may not be in a container that forbids mounts'
  } finally {
    close()
  }
}

/** Arguments of `unshare`. `folder/files` becomes /etc/rollcall. */
function inPodRoot(folder: string, command: readonly string[]): string[] {
  const [root, files] = [join(folder, 'root'), join(folder, 'files')]
  for (const made of [root, files]) mkdirSync(made, { recursive: true })
  return ['--mount', '--pid', '--fork', 'sh', '-c', SET_UP, 'sh', root, project, files, ...command]
}

export type Container = {
  /** All that it has printed. */
  output: () => string
  /** SIGTERM, as Kubernetes sends it to process 1. */
  stop: () => void
  kill: () => void
  /** Lines of /proc/1/status in the container. */
  status: () => string
  /** Files that it has written. */
  written: () => string[]
  exited: Promise<number | null>
}

/** Runs a container's command in a pod's root, in the network of this machine. */
export function startContainer(
  folder: string,
  command: readonly string[],
  environment: Record<string, string>,
): Container {
  const child: ChildProcess = spawn('unshare', inPodRoot(folder, command), {
    env: { PATH: '/rollcall/node_modules/node/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  writeDown(folder, child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const { promise: exited, resolve } = Promise.withResolvers<number | null>()
  child.once('close', resolve)
  const first = (): number => {
    const pid = child.pid ?? -1
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0])
  }
  return {
    output: () => output,
    stop: () => process.kill(first(), 'SIGTERM'),
    // Process 1 takes all others along. It outlives its parent: with another user it is no longer told of that one's end.
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(first(), 'SIGKILL')
    },
    status: () => readFileSync(`/proc/${first()}/status`, 'utf8'),
    written: () => readdirSync(`/proc/${first()}/root/tmp`, { recursive: true }).map(String),
    exited,
  }
}
