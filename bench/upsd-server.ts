// The lab's upsd with 50 UPSes, in a process of its own. Prints its port; ends with whoever started it.
import { UpsdServer } from '../src/lab/servers/upsd/upsd-server.ts'
import { advanceTo, createWorld } from '../src/lab/world/index.ts'

const [count = 50] = process.argv.slice(2).map(Number)
const upses = Array.from({ length: count }, (_, index) => ({ name: `ups${index}`, strips: [], capacityWattHours: 165 }))
const world = createWorld({ hosts: [], strips: [], upses })
const server = await UpsdServer.open('127.0.0.1', 0, {
  world,
  catchUp: () => advanceTo(world, performance.now()),
  changed: () => {},
})
console.log(server.port)
process.stdin.resume()
process.stdin.on('end', () => server.stop())
