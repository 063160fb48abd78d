import { type Hostile, hostileOperations } from './hostile-arguments.ts'

/**
 * Fewer operations that still have every argument of every field, and every hostile value of each argument at one of the
 * fields that take it: arguments of a name have a type, and the code that reads it, in common.
 */
export function fewHostileOperations(): Hostile[] {
  const all = hostileOperations()
  const argumentOf = ({ field, path }: Hostile) => `${field} ${path}`
  const ofValues = oneOfEach(all, ({ path, leaf }) => `${path} ${JSON.stringify(leaf)}`)
  const having = new Set(ofValues.map(argumentOf))
  const others = all.filter((one) => !having.has(argumentOf(one)))
  return [...ofValues, ...oneOfEach(others, argumentOf)]
}

/** One operation of each that are alike, from one place after the other. */
const oneOfEach = (operations: Hostile[], likeness: (one: Hostile) => string): Hostile[] =>
  [...Map.groupBy(operations, likeness).values()].flatMap((alike, i) => {
    const place = i % alike.length
    return alike.slice(place, place + 1)
  })
