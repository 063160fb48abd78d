// Loaded into a process before its own code (node --import): its wall clock is off by the first of CLOCK_SHIFTS, in
// milliseconds, and at each SIGHUP by the next one (SIGUSR2 makes Temporal's worker stop). Timers go on as they would on a machine whose clock is set.

const shifts = (process.env['CLOCK_SHIFTS'] ?? '').split(',').map(Number)
const TrueDate = Date
let shiftMs = shifts.shift() ?? 0

class ShiftedDate extends TrueDate {
  constructor(...time: [] | [number]) {
    if (time.length === 0) super(ShiftedDate.now())
    else super(...time)
  }

  static override now(): number {
    return TrueDate.now() + shiftMs
  }
}
globalThis.Date = ShiftedDate as DateConstructor

process.on('SIGHUP', () => {
  shiftMs = shifts.shift() ?? 0
  console.log(JSON.stringify({ clockShiftMs: shiftMs }))
})
