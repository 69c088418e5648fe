// A server of the probing bench, in a process of its own: answers 401 over TLS, as pveproxy does without a ticket.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned } from '../test/sockets/certificate.ts'

const server = createServer(selfSigned('bench', '127.0.0.1', 'rsa'), (_request, response) => {
  response.statusCode = 401
  response.end('No ticket\n')
})
server.listen({ port: 0, host: process.argv[2] ?? '127.0.0.1', backlog: 1024 }, () => {
  console.log((server.address() as AddressInfo).port)
})
// It ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume()
