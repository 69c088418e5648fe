// Run by the probing bench in a process of its own: some rounds with both probes, then the most memory it ever had.
import { httpsTargets, icmpTargets } from './probing-targets.ts'

const [count = 0, port = 0] = process.argv.slice(2).map(Number)

if (count > 0) {
  const { https } = await import('../src/probes/https.ts')
  const { icmp } = await import('../src/probes/icmp.ts')
  const icmpProbe = icmp.create()
  const httpsProbe = https.create()
  const signal = new AbortController().signal
  for (let i = 0; i < 5; i += 1) {
    const answers = await Promise.all([
      icmpProbe.round(icmpTargets(count), 30_000, signal),
      httpsProbe.round(httpsTargets(count, port), 30_000, signal),
    ])
    const failed = answers.flat().find(({ says }) => says !== 'life')
    if (failed) throw new Error(`${failed.id}: ${failed.says}: ${failed.detail}`)
  }
  await Promise.all([icmpProbe.close(), httpsProbe.close()])
}
console.log(process.resourceUsage().maxRSS / 1024)
