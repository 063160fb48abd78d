/**
 * Prints lines that stay, and one line of progress that a terminal shows in place; '' removes the progress.
 */
export type Screen = { say: (line: string) => void; progress: (line: string) => void }

export type Output = { isTTY?: boolean; columns?: number; write: (text: string) => unknown }

/** Moves the cursor to the start of the line and clears the line. */
const REWRITE = '\r\x1b[K'

/** Creates the screen of a command. If `output` is no terminal, progress is printed as ordinary lines. */
export function createScreen(output: Output): Screen {
  const say = (line: string) => {
    output.write(`${line}\n`)
  }
  if (output.isTTY !== true) {
    return {
      say,
      progress: (line) => {
        if (line !== '') say(line)
      },
    }
  }
  let shown = ''
  return {
    say: (line) => {
      output.write(`${shown === '' ? '' : REWRITE}${line}\n${shown}`)
    },
    progress: (line) => {
      // Cut, because a line that wraps could not be rewritten.
      shown = line.slice(0, (output.columns ?? 80) - 1)
      output.write(`${REWRITE}${shown}`)
    },
  }
}
