import { connect, createServer } from 'node:net'
import { HOST } from '../../../stack/processes/ports.ts'
import { pipeBoth } from './pipe-both.ts'

// Started in a network of its own, it leads sockets of the file system, which is shared, to ports of that network:
// node samba-bridge.ts SOCKET PORT [SOCKET PORT …]

const args = process.argv.slice(2)
for (let at = 0; at < args.length; at += 2) {
  const port = Number(args[at + 1])
  createServer((client) => {
    pipeBoth(client, connect({ host: HOST, port, noDelay: true }))
  }).listen(args[at])
}
