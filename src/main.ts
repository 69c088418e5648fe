import { runCli } from './cli/run-cli.ts'

const exitCode = await runCli(process.argv.slice(2))
const streams = [process.stdout, process.stderr]
await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))))
// Not left to the end of the event loop: Node's own teardown can spin for ever on sockets that were just being opened.
process.exit(exitCode)
