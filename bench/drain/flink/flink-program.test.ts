import { expect, test } from 'vitest'
import { compilerProblem } from './flink-program.ts'

test('a machine with a Java runtime alone is told which package has the compiler', () => {
  expect(compilerProblem(null)).toMatch(/^--flink needs javac.*a Java runtime has none.*openjdk-17-jdk/)
})

test('an older compiler is refused by its version', () => {
  expect(compilerProblem('javac 11.0.20\n')).toContain('found 11')
  expect(compilerProblem('javac 1.8.0_392\n')).toContain('found 8')
  expect(compilerProblem('javac 17.0.15\n')).toBeNull()
  expect(compilerProblem('javac 21\n')).toBeNull()
})
