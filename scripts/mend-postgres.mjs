// Runs after the packages are installed. postgres.js 3.4.9 writes to a connection that is closed already: an
// error that nobody can catch ends the process, and a connection that is opened next may never send its first
// message, where an outage should be waited for. Known upstream (porsager/postgres issues 1154 and 1208),
// with no release yet. What is written then fails as what was under way does. And a copy that Postgres
// refuses after its last line was sent never ends; a session that ends while it is being opened ends the
// process. Each chunk of a copy is copied to put five bytes before it, which costs a worker as much garbage as
// the rows are long.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../node_modules/postgres/src/connection.js', import.meta.url))

const mends = [
  // What was not written yet belongs to the connection that is gone; its timer is cleared, and none would be
  // set again.
  [
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n    socket.removeListener',
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener',
  ],
  [
    '    const x = socket.write(chunk, fn)\n',
    "    if (socket === null) {\n      chunk = nextWriteTimer = null\n      typeof fn === 'function' && fn(Errors.connection('CONNECTION_CLOSED', options))\n      return false\n    }\n    const x = socket.write(chunk, fn)\n",
  ],
  [
    "    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'",
    "    if (socket === null) {\n      queryError(q, Errors.connection('CONNECTION_CLOSED', options))\n      return true\n    }\n\n    if (stream)\n      return queryError(q, Errors.generic('COPY_IN_PROGRESS'",
  ],
  // The stream has forgotten itself by then; only its last callback is left to tell.
  [
    '    stream && (stream.destroy(err), stream = null)\n    query &&',
    '    stream && (stream.destroy(err), stream = null)\n    final && (final(err), final = null)\n    query &&',
  ],
  // Who asks for types that never come is told by its own query; a promise that nobody holds would end the
  // process.
  [
    '        return fetchArrayTypes()\n',
    '        return fetchArrayTypes().catch(() => { socket && socket.destroy() })\n',
  ],
  [
    '    stream = new Stream.Writable({\n      autoDestroy: true,\n      write(chunk, encoding, callback) {\n        socket.write(b().d().raw(chunk).end(), callback)\n',
    "    stream = new Stream.Writable({\n      autoDestroy: true,\n      write(chunk, encoding, callback) {\n        const head = Buffer.allocUnsafe(5)\n        head.write('d', 0, 'latin1')\n        head.writeInt32BE(chunk.length + 4, 1)\n        socket.cork()\n        socket.write(head)\n        socket.write(chunk, callback)\n        socket.uncork()\n",
  ],
]

let source = readFileSync(file, 'utf8')
for (const [original, mended] of mends) {
  if (source.includes(mended)) continue
  if (!source.includes(original))
    throw new Error(
      'postgres is not the version that scripts/mend-postgres.mjs mends: is the mend still needed?',
    )
  source = source.replace(original, mended)
}
writeFileSync(file, source)
