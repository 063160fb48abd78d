import { execFileSync } from 'node:child_process'
import { whyNoDebianPackages } from '../../../stack/parts/debian-packages.ts'

/** In the namespace: unpacked packages lie over /usr, /run is its own, and there is loopback and nothing else. */
const SET_UP = `set -e
mount -t overlay overlay -o "lowerdir=$1:/usr" /usr
mount -t tmpfs tmpfs /run
ip link set lo up
hostname "$2"
shift 2
exec "$@"`

/**
 * A command that runs in a network of its own, on whose ports nobody listens, with Debian packages as if they were installed.
 * The machine itself does not change.
 * @param usr the folder usr of the unpacked packages
 * @param host what the machine is called there
 */
export const inOwnNetwork = (
  usr: string,
  host: string,
  command: string,
  args: string[],
): [command: string, args: string[]] => [
  'unshare',
  ['--net', '--uts', '--mount', 'sh', '-c', SET_UP, 'sh', usr, host, command, ...args],
]

/** Says why there can be no such network here; null: there can. */
export function whyNoOwnNetwork(): string | null {
  const whyNot = whyNoDebianPackages()
  if (whyNot !== null) return whyNot
  try {
    const [command, args] = inOwnNetwork('/etc', 'test', 'true', [])
    execFileSync(command, args, { stdio: 'ignore' })
    return null
  } catch {
    return 'needs root, unshare and ip, and may not be in a container that forbids mounts'
  }
}
