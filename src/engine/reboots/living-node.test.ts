import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryTails } from '../../store/tails/memory-tails.ts'
import { FakeWatch } from '../testing/fake-watch.ts'
import { MINUTE, RebootBench } from '../testing/reboot-bench.ts'

let bench: RebootBench
beforeEach(() => {
  bench = new RebootBench(new MemoryTails())
})
afterEach(() => bench.stop())

describe('a node that lives', () => {
  it('counts down to its fence, once, and says when nothing came of it', async () => {
    bench.watching()
    await bench.pass(2 * MINUTE)
    bench.pve1.say('pve-ha-lrm[144]', "lost lock 'ha_agent_pve1_lock - cfs lock update failed - Permission denied")
    await bench.pass(20_000)
    await bench.pass(20_000)
    expect(bench.said.filter((line) => line.startsWith('fence pve1 true'))).toHaveLength(1)
    await bench.pass(5 * MINUTE)
    expect(bench.said.at(-1)).toBe('fence pve1 false: pve1: its watchdog did not reset it.')
  })

  it('is not alarmed of by what its journal said before we looked', async () => {
    bench.pve1.say('watchdog-mux[134]', 'client (PID 144) watchdog is about to expire')
    bench.watching()
    await bench.pass(2 * MINUTE)
    expect(bench.said.filter((line) => line.includes('true'))).toEqual([])
  })

  it('tells that it is being stopped, once', async () => {
    bench.watching()
    await bench.pass(2 * MINUTE)
    bench.pve1.say('systemd-logind[61]', 'System is rebooting.')
    await bench.pass(20_000)
    bench.pve1.say('pve-ha-lrm[144]', "got shutdown request with shutdown policy 'conditional'")
    bench.pve1.say('pve-ha-lrm[144]', 'reboot LRM, stop and freeze all services')
    await bench.pass(20_000)
    expect(bench.said.filter((line) => line.startsWith('stop'))).toEqual(['stop pve1 rebooting'])
  })
})

describe('a goodbye that its peers heard', () => {
  const formed = (words: string) => `  [TOTEM ] A new membership (1.15) was formed. Members ${words}`
  const listening = () =>
    bench.watching({
      telling: {
        rebooted: (reboot) => bench.rebooted.push(reboot),
        fence: () => {},
        cleanStop: ({ node }, _, kind) => bench.said.push(`stop ${node} ${kind}`),
        stopOver: ({ node }) => bench.said.push(`over ${node}`),
      },
    })

  it('is a clean stop, until it is a member again', async () => {
    listening()
    await bench.pass(2 * MINUTE)
    bench.cluster.away.add('pve1')
    bench.pve2.say('corosync[70]', formed('left: 1'))
    await bench.pass(MINUTE)
    expect(bench.said).toEqual(['stop pve1 shut-down'])
    bench.pve2.say('corosync[70]', formed('joined: 1'))
    bench.cluster.away.delete('pve1')
    await bench.pass(MINUTE)
    expect(bench.said).toEqual(['stop pve1 shut-down', 'over pve1'])
    expect(bench.rebooted).toEqual([])
  })

  it('is none where it was not heard, where it is back at once, and where its own journal has told', async () => {
    listening()
    await bench.pass(2 * MINUTE)
    bench.pve2.say('corosync[70]', formed('left: 1'))
    bench.pve2.say('corosync[70]', '  [TOTEM ] Failed to receive the leave message. failed: 1')
    await bench.pass(MINUTE)
    bench.pve2.say('corosync[70]', formed('left: 1'))
    bench.pve2.say('corosync[70]', formed('joined: 1'))
    await bench.pass(MINUTE)
    expect(bench.said).toEqual([])
    bench.pve1.say('systemd-logind[61]', 'System is rebooting.')
    await bench.pass(20_000)
    bench.pve2.say('corosync[70]', formed('left: 1'))
    await bench.pass(MINUTE)
    expect(bench.said).toEqual(['stop pve1 rebooting'])
  })

  it('counts only where its end is listened to', async () => {
    bench.watching()
    await bench.pass(2 * MINUTE)
    bench.pve2.say('corosync[70]', formed('left: 1'))
    await bench.pass(MINUTE)
    expect(bench.said.filter((line) => line.startsWith('stop'))).toEqual([])
  })
})

describe('a question', () => {
  it('about a node that was never seen to reboot is answered by looking into it, and tells nothing', async () => {
    bench.pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await bench.clock.pass(MINUTE)
    bench.pve1.boot()
    await bench.clock.pass(MINUTE)
    bench.cluster.poll()
    const watch = bench.watching()
    const answer = await watch.reboots('home/pve1', -1)
    expect(answer).toMatchObject({ ok: true, reboots: [{ boot: -1, verdict: { cause: 'panic' } }] })
    expect(bench.rebooted).toEqual([])
    expect(await watch.reboots('pve1')).toMatchObject({ ok: true, reboots: [{ boot: -1 }] })
  })

  it('about nobody, or about several, is answered with names', async () => {
    const watch = bench.watching()
    expect(await watch.reboots('pve1')).toMatchObject({ ok: false, sentence: expect.stringContaining('has been seen') })
    bench.cluster.poll()
    expect(await watch.reboots('pve9')).toEqual({
      ok: false,
      code: 'no-such-node',
      sentence: 'No node of a Proxmox cluster is called pve9. Seen so far: pve1, pve2.',
    })
    const other = new FakeWatch('away', [bench.pve1])
    other.poll()
    const both = bench.watching({
      clusters: [bench.cluster, other].map((watch) => ({ watch, journals: true, hostOf: () => undefined })),
    })
    expect(await both.reboots('pve1')).toMatchObject({
      sentence: 'There are several nodes called pve1: say home/pve1 or away/pve1.',
    })
    expect(await both.reboots('away/pve1')).toMatchObject({ ok: true, cluster: 'away' })
  })
})
