/**
 * Runs a script to its end. If it fails, prints the error in one line and ends the process with exit code 1.
 */
export async function runScript(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
