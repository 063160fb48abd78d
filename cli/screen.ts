/** What a run says: lines that stay, and one line of progress that is rewritten in place on a terminal; '' removes it. */
export type Screen = { say: (line: string) => void; progress: (line: string) => void }

export type Output = { isTTY?: boolean; columns?: number; write: (text: string) => unknown }

/** Back to the start of the line, and clear it. */
const REWRITE = '\r\x1b[K'

/** Elsewhere than on a terminal, progress is a line like any other. */
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
      // A line that wraps could not be rewritten.
      shown = line.slice(0, (output.columns ?? 80) - 1)
      output.write(`${REWRITE}${shown}`)
    },
  }
}
