// Loaded into a process before its own code (node --import): its wall clock begins at the same moment in every process, and
// goes in steps of five seconds, so that whatever several processes do first, they do at the same millisecond.

const STEP_MS = 5_000
const BEGIN_MS = Date.UTC(2026, 0, 15)
const trueNow = Date.now.bind(Date)
const startedMs = trueNow()

Date.now = () => BEGIN_MS + Math.floor((trueNow() - startedMs) / STEP_MS) * STEP_MS
