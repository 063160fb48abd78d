import { commandLineSettings } from '../config/command-line.ts'

const settings = Object.entries(commandLineSettings)
  .map(([name, about]) => `  ${name.padEnd(20)} ${about}`)
  .join('\n')

/** What `rollcall --help` prints. */
export const usage = `rollcall: asks and commands a running Rollcall over its API.

  rollcall status                     what is wrong, and the command that goes on
  rollcall pause  --reason TEXT       stop reading: all partitions, or --partition 0,1
  rollcall resume --reason TEXT       go on; --accept-flood lets through what halted it as a flood
  rollcall replay ID... --reason TEXT count or publish batches that wait
  rollcall replay --all --reason TEXT all parked batches, as a run; or those of --partition 0,1 or --error TEXT;
                                      --dry-run says what it would do, --max-per-minute N slows it down
  rollcall skip ID... --reason TEXT   give parked batches up for good; asks first, unless --yes

  --topic NAME       another topic than the one that is counted
  --command-id UUID  repeat a command whose answer did not come: it never acts twice
  --json             for programs: JSON on standard output, one value a line
  --help, --version

Settings:
${settings}
  NO_COLOR             no colours

Ends with 0: all is well, or done. 1: a problem that can wait. 2: a problem that wakes somebody. 3: no answer.
4: refused, nothing changed. 5: may still take effect. 64: wrong usage. docs/command-line.md has the rest.`
