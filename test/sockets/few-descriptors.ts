// Run by a test under a low limit of open files: probes more targets than it has descriptors for, prints the answers.
import { tcp } from '../../src/probes/tcp.ts'

const probe = tcp.create()
const settings = tcp.schema.parse({ port: Number(process.argv[2]), timeout: '500ms' })
const targets = Array.from({ length: 200 }, (_, i) => ({ id: `h${i}`, address: '127.0.0.1', settings }))
const answers = await probe.round(targets, 900, new AbortController().signal)
await probe.close()
console.log(JSON.stringify(answers))
