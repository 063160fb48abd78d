import type { BenchStack } from './bench-stack.ts'
import type { Subject } from './drain/subject.ts'

/** The topic that a program reads. Its output topics have as many partitions. */
export type Input = { topic: string; partitions: number }

/** What takes turns with others in a benchmark. */
export type Program = {
  /** Its name in reports. */
  name: string
  /** Creates it with a database of its own. */
  create: (stack: BenchStack, input: Input) => Promise<Subject>
  /** How many processes of it drain a topic, whose partitions they share. */
  workers: number
}

/** Runs `work` on a program, and removes its database afterwards, even after an error. */
export async function withProgram<T>(
  stack: BenchStack,
  { create }: Program,
  input: Input,
  work: (subject: Subject) => Promise<T>,
): Promise<T> {
  const subject = await create(stack, input)
  try {
    return await work(subject)
  } finally {
    await subject.remove()
  }
}
