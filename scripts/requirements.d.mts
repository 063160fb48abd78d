export type Machine = {
  nodeMajor: () => number
  /** 0 if there is no Java. */
  javaMajor: () => number
  hasMaven: () => boolean
  hasPip: () => boolean
  hasKafka: () => boolean
  hasTemporal: () => boolean
}
export function missingRequirements(env: Record<string, string | undefined>, machine: Machine): string[]
export function thisMachine(partsFolder: string): Machine
export function javaMajorIn(text: string): number
