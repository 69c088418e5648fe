import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryTails } from '../../store/tails/memory-tails.ts'
import { MINUTE, RebootBench } from '../testing/reboot-bench.ts'

let bench: RebootBench
beforeEach(() => {
  bench = new RebootBench(new MemoryTails())
})
afterEach(() => bench.stop())

const QUORUM = '  [QUORUM] This node is within the non-primary component and will NOT provide any services.'

describe('a reboot', () => {
  it('is noticed, explained, told once, and known from then on', async () => {
    const watch = bench.watching()
    await bench.pass(5 * MINUTE)
    expect(bench.rebooted).toEqual([])
    await bench.cut(bench.pve1, 3 * MINUTE)
    expect(bench.causes()).toEqual(['pve1 abrupt-undetermined (possible)'])
    expect(bench.rebooted[0]).toMatchObject({
      cluster: 'home',
      host: 'pve1',
      severity: 'critical',
      atMs: bench.pve1.present.startMs,
    })
    await bench.pass(10 * MINUTE)
    expect(bench.rebooted).toHaveLength(1)
    const answer = await watch.reboots('pve1')
    expect(answer).toMatchObject({
      ok: true,
      cluster: 'home',
      host: 'pve1',
      reboots: [{ boot: -1, bootId: bench.pve1.present.id, verdict: { cause: 'abrupt-undetermined' } }],
    })
  })

  it('leaves its last lines with us, which its disk never got', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.haActive = true
    bench.pve1.say('pve-ha-lrm[144]', 'watchdog active')
    await bench.pass(MINUTE)
    bench.pve1.say('corosync[70]', QUORUM)
    bench.pve1.say('pmxcfs[74]', '[status] notice: node lost quorum')
    await bench.pass(50_000)
    bench.pve1.say('watchdog-mux[134]', 'client (PID 144) watchdog is about to expire')
    bench.pve1.say('watchdog-mux[134]', 'client (PID 144) watchdog expired - disable watchdog updates')
    await bench.pass(20_000)
    await bench.cut(bench.pve1, 30_000, 45_000)
    expect(bench.causes()).toEqual(['pve1 quorum-loss-fence (certain)'])
    const expiry = bench.rebooted[0]?.verdict.lines.find(({ text }) => text.includes('expired'))
    expect(expiry?.source).toBe('copy')
  })

  it('of an older watchdog-mux is a fence by quorum lost and HA active, as the view told it', async () => {
    bench.watching()
    bench.pve1.haActive = true
    await bench.pass(5 * MINUTE)
    bench.pve1.say('pmxcfs[74]', '[status] notice: node lost quorum')
    await bench.pass(MINUTE)
    await bench.cut(bench.pve1, 30_000)
    expect(bench.causes()).toEqual(['pve1 quorum-loss-fence (probable)'])
  })

  it('without a boot id is noticed by its uptime, and its id that comes later is no other one', async () => {
    bench.watching()
    bench.pve1.tellsBootId = false
    await bench.pass(5 * MINUTE)
    await bench.cut(bench.pve1, 3 * MINUTE)
    expect(bench.causes()).toEqual(['pve1 abrupt-undetermined (possible)'])
    bench.pve1.tellsBootId = true
    await bench.pass(5 * MINUTE)
    expect(bench.rebooted).toHaveLength(1)
  })

  it('is noticed by its id where its uptime tells nothing', async () => {
    bench.watching()
    await bench.pass(MINUTE)
    const { startMs } = bench.pve1.present
    bench.pve1.say('systemd[1]', 'Reached target reboot.target - System Reboot.')
    bench.pve1.say('systemd-journald[52]', 'Journal stopped')
    bench.pve1.boot()
    // As after a kexec, or with an uptime of another time.
    Object.assign(bench.pve1.present, { startMs: startMs - 10 * MINUTE })
    await bench.pass(20_000)
    expect(bench.rebooted).toHaveLength(1)
  })

  it('of a node that is back after 20 minutes is still explained', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await bench.cut(bench.pve1, 20 * MINUTE, 0)
    expect(bench.causes()).toEqual(['pve1 panic (certain)'])
  })

  it('is told for each of two in a row, and the one in between is no secret', async () => {
    const watch = bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    bench.cluster.away.add('pve1')
    await bench.pass(MINUTE)
    bench.pve1.boot()
    await bench.pass(2 * MINUTE)
    bench.pve1.say('systemd[1]', 'Reached target reboot.target - System Reboot.')
    bench.pve1.say('systemd-journald[52]', 'Journal stopped')
    await bench.pass(MINUTE)
    bench.pve1.boot()
    await bench.pass(MINUTE)
    bench.cluster.away.delete('pve1')
    await bench.pass(MINUTE)
    expect(bench.causes()).toEqual(['pve1 panic (certain)', 'pve1 clean-reboot (certain)'])
    expect(bench.rebooted[0]?.atMs).toBe(bench.pve1.boots[1]?.startMs)
    expect(await watch.reboots('pve1', -2)).toMatchObject({
      ok: true,
      reboots: [{ boot: -2, verdict: { cause: 'panic' } }],
    })
    expect(await watch.reboots('pve1', -3)).toEqual({
      ok: false,
      code: 'no-such-boot',
      sentence: 'Only 2 reboots of pve1 are known.',
    })
  })

  it('during another one that is being looked into is told as well', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    const refusal = { ok: false, code: 'server-error', sentence: 'Not yet.' } as const
    bench.pve1.refusal = refusal
    await bench.cut(bench.pve1, MINUTE)
    expect(bench.rebooted).toEqual([])
    bench.pve1.say('kernel', 'sysrq: Resetting')
    bench.pve1.boot()
    await bench.pass(MINUTE)
    bench.pve1.refusal = undefined
    await bench.pass(MINUTE)
    expect(bench.causes()).toEqual(['pve1 abrupt-undetermined (possible)', 'pve1 hard-reset (certain)'])
  })

  it('that we made ourselves is told as ours, with what came before', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.say('kernel', 'INFO: task kworker/0:1:12 blocked for more than 122 seconds.')
    bench.pve1.die(0)
    bench.cluster.away.add('pve1')
    await bench.pass(4 * MINUTE)
    bench.tell('cycle-begun', { host: 'pve1', intent: 'plan-7' })
    await bench.pass(MINUTE)
    bench.pve1.boot()
    await bench.pass(20_000)
    bench.cluster.away.delete('pve1')
    await bench.pass(20_000)
    expect(bench.rebooted[0]).toMatchObject({ severity: 'info', verdict: { cause: 'own-cycle', before: 'host-stall' } })
  })

  it('is narrowed by who died with it', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.die()
    bench.cluster.away.add('pve1')
    await bench.pass(MINUTE)
    bench.tell('host-down', { host: 'nas' })
    bench.tell('host-down', { host: 'pve1' })
    await bench.cut(bench.pve1, MINUTE)
    expect(bench.rebooted[0]?.verdict).toMatchObject({ cause: 'power-loss', confidence: 'probable' })
  })

  it('is told by the last words that netconsole heard, and only by those of these minutes', async () => {
    bench.watching()
    bench.tails.addKernelLine('pve1', {
      atMs: bench.clock.now().wallMs,
      text: '[ 1.0] Kernel panic - not syncing: long ago',
    })
    await bench.pass(20 * MINUTE)
    bench.tails.addKernelLine('pve1', {
      atMs: bench.clock.now().wallMs,
      text: '[ 1234.5] softdog: Initiating system reboot',
    })
    await bench.cut(bench.pve1, MINUTE)
    bench.tails.addKernelLine('pve1', {
      atMs: bench.clock.now().wallMs,
      text: '[ 12.5] Kernel panic - not syncing: later',
    })
    expect(bench.causes()).toEqual(['pve1 watchdog-reset (certain)'])
  })

  it('is told by its peers to have had HA active', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.die()
    bench.cluster.away.add('pve1')
    await bench.pass(MINUTE)
    bench.pve2.say('pve-ha-crm[143]', "fencing: acknowledged - got agent lock for node 'pve1'")
    await bench.cut(bench.pve1, MINUTE)
    expect(bench.rebooted[0]?.verdict.lines.map(({ source }) => source)).toContain('peers')
  })

  it('into another kernel is an update, as the API tells of both', async () => {
    bench.watching()
    await bench.pass(5 * MINUTE)
    bench.pve1.say('systemd[1]', 'Reached target reboot.target - System Reboot.')
    bench.pve1.say('systemd-journald[52]', 'Journal stopped')
    bench.pve1.kernel = '6.14.11-1-pve'
    await bench.cut(bench.pve1, 30_000, 0)
    expect(bench.causes()).toEqual(['pve1 update (certain)'])
  })
})

describe('a restart of ours', () => {
  it('misses no reboot, and tells none twice', async () => {
    const first = bench.watching()
    await bench.pass(5 * MINUTE)
    await first.stop()
    bench.pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await bench.cut(bench.pve1, 3 * MINUTE, 0)
    const second = bench.watching()
    await bench.pass(MINUTE)
    expect(bench.causes()).toEqual(['pve1 panic (certain)'])
    await second.stop()
    bench.watching()
    await bench.pass(MINUTE)
    expect(bench.rebooted).toHaveLength(1)
  })

  it('says what an earlier process judged last, once after a start', async () => {
    const first = bench.watching()
    await bench.pass(MINUTE)
    await bench.cut(bench.pve1, MINUTE)
    expect(bench.said.filter((line) => line.startsWith('remembered'))).toEqual([])
    await first.stop()
    bench.watching()
    await bench.pass(MINUTE)
    expect(bench.said.filter((line) => line.startsWith('remembered'))).toEqual([
      expect.stringMatching(/^remembered pve1: pve1: It ended abruptly/),
    ])
  })
})
