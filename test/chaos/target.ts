/** What can be done to a process from outside. */
export type ProcessControl = Record<'kill' | 'start' | 'suspend' | 'resume', () => Promise<void> | void>

/** A process that chaos takes away and brings back. */
export type Target = {
  /** SIGKILL. */
  kill: () => Promise<void>
  /** SIGSTOP. */
  freeze: () => Promise<void>
  /** However it went away; nothing when it is there. Can be tried again when it fails. */
  bringBack: () => Promise<void>
}

export function createTarget(control: ProcessControl): Target {
  let wayBack: 'start' | 'resume' | null = null
  const bringBack = async () => {
    if (wayBack !== null) await control[wayBack]()
    wayBack = null
  }
  return {
    kill: async () => {
      wayBack = 'start'
      await control.kill()
    },
    freeze: async () => {
      // One that did not come up after it was killed cannot be frozen.
      await bringBack()
      wayBack = 'resume'
      await control.suspend()
    },
    bringBack,
  }
}
