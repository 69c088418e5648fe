import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Told } from '../../core/state/types.ts'
import type { JournalTails } from '../../ports/journal-tails.ts'
import { MemoryTails } from '../../store/tails/memory-tails.ts'
import { FakeNode, FakeWatch } from '../testing/fake-watch.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import type { Rebooted, RebootWatchParts } from './parts.ts'
import { RebootWatch } from './reboot-watch.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let clock: ManualClock
let pve1: FakeNode
let pve2: FakeNode
let cluster: FakeWatch
let tails: JournalTails
let events: Told[]
let rebooted: Rebooted[]
let said: string[]
let watches: RebootWatch[]
beforeEach(() => {
  clock = new ManualClock()
  pve1 = new FakeNode('pve1', clock)
  pve2 = new FakeNode('pve2', clock)
  cluster = new FakeWatch('home', [pve1, pve2])
  tails = new MemoryTails()
  events = []
  rebooted = []
  said = []
  watches = []
})
afterEach(async () => {
  await Promise.all(watches.map((watch) => watch.stop()))
  expect(cluster.listeners).toBe(0)
})

function watching(more: Partial<RebootWatchParts> = {}, journals = true): RebootWatch {
  const watch = new RebootWatch({
    clock,
    clusters: [{ watch: cluster, journals, hostOf: (node) => node }],
    tails,
    telling: {
      rebooted: (reboot) => rebooted.push(reboot),
      unexpected: ({ node }, _, holds, sentence) => said.push(`alert ${node} ${holds}: ${sentence}`),
      fence: ({ node }, _, holds, sentence) => said.push(`fence ${node} ${holds}: ${sentence}`),
      cleanStop: ({ node }, _, kind) => said.push(`stop ${node} ${kind}`),
    },
    history: ({ fromMs, untilMs }) => events.filter(({ at }) => at.wallMs >= fromMs && at.wallMs <= untilMs),
    ...more,
  })
  watches.push(watch)
  watch.start()
  return watch
}

/** Time passes; the poller asks every ten seconds, and each node says something now and then. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await clock.pass(Math.min(left, 10_000))
    for (const node of cluster.nodes)
      if (!cluster.away.has(node.name)) node.say('pvestatd[128]', 'auth key pair generated')
    cluster.poll()
    await clock.settle()
  }
}

/** The power is gone for `ms`. */
async function cut(node: FakeNode, ms: number, unsyncedMs?: number): Promise<void> {
  node.die(unsyncedMs)
  cluster.away.add(node.name)
  await pass(ms)
  node.boot(['EXT4-fs (dm-1): recovery complete'])
  await pass(20_000)
  cluster.away.delete(node.name)
  await pass(20_000)
}

const tell = (code: Told['code'], about: Partial<Told>) =>
  events.push({ code, severity: 'info', at: clock.now(), sentence: `${code} of ${about.host}`, ...about })
const causes = () => rebooted.map(({ node, verdict }) => `${node} ${verdict.cause} (${verdict.confidence})`)
const QUORUM = '  [QUORUM] This node is within the non-primary component and will NOT provide any services.'

describe('a reboot', () => {
  it('is noticed, explained, told once, and known from then on', async () => {
    const watch = watching()
    await pass(5 * MINUTE)
    expect(rebooted).toEqual([])
    await cut(pve1, 3 * MINUTE)
    expect(causes()).toEqual(['pve1 abrupt-undetermined (possible)'])
    expect(rebooted[0]).toMatchObject({
      cluster: 'home',
      host: 'pve1',
      severity: 'critical',
      atMs: pve1.present.startMs,
    })
    await pass(10 * MINUTE)
    expect(rebooted).toHaveLength(1)
    const answer = await watch.reboots('pve1')
    expect(answer).toMatchObject({
      ok: true,
      cluster: 'home',
      host: 'pve1',
      reboots: [{ boot: -1, bootId: pve1.present.id, verdict: { cause: 'abrupt-undetermined' } }],
    })
  })

  it('leaves its last lines with us, which its disk never got', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.haActive = true
    pve1.say('pve-ha-lrm[144]', 'watchdog active')
    await pass(MINUTE)
    pve1.say('corosync[70]', QUORUM)
    pve1.say('pmxcfs[74]', '[status] notice: node lost quorum')
    await pass(50_000)
    pve1.say('watchdog-mux[134]', 'client (PID 144) watchdog is about to expire')
    pve1.say('watchdog-mux[134]', 'client (PID 144) watchdog expired - disable watchdog updates')
    await pass(20_000)
    await cut(pve1, 30_000, 45_000)
    expect(causes()).toEqual(['pve1 quorum-loss-fence (certain)'])
    const expiry = rebooted[0]?.verdict.lines.find(({ text }) => text.includes('expired'))
    expect(expiry?.source).toBe('copy')
  })

  it('of an older watchdog-mux is a fence by quorum lost and HA active, as the view told it', async () => {
    watching()
    pve1.haActive = true
    await pass(5 * MINUTE)
    pve1.say('pmxcfs[74]', '[status] notice: node lost quorum')
    await pass(MINUTE)
    await cut(pve1, 30_000)
    expect(causes()).toEqual(['pve1 quorum-loss-fence (probable)'])
  })

  it('without a boot id is noticed by its uptime, and its id that comes later is no other one', async () => {
    watching()
    pve1.tellsBootId = false
    await pass(5 * MINUTE)
    await cut(pve1, 3 * MINUTE)
    expect(causes()).toEqual(['pve1 abrupt-undetermined (possible)'])
    pve1.tellsBootId = true
    await pass(5 * MINUTE)
    expect(rebooted).toHaveLength(1)
  })

  it('is noticed by its id where its uptime tells nothing', async () => {
    watching()
    await pass(MINUTE)
    const { startMs } = pve1.present
    pve1.say('systemd[1]', 'Reached target reboot.target - System Reboot.')
    pve1.say('systemd-journald[52]', 'Journal stopped')
    pve1.boot()
    // As after a kexec, or with an uptime of another time.
    Object.assign(pve1.present, { startMs: startMs - 10 * MINUTE })
    await pass(20_000)
    expect(rebooted).toHaveLength(1)
  })

  it('of a node that is back after 20 minutes is still explained', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await cut(pve1, 20 * MINUTE, 0)
    expect(causes()).toEqual(['pve1 panic (certain)'])
  })

  it('is told for each of two in a row, and the one in between is no secret', async () => {
    const watch = watching()
    await pass(5 * MINUTE)
    pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    cluster.away.add('pve1')
    await pass(MINUTE)
    pve1.boot()
    await pass(2 * MINUTE)
    pve1.say('systemd[1]', 'Reached target reboot.target - System Reboot.')
    pve1.say('systemd-journald[52]', 'Journal stopped')
    await pass(MINUTE)
    pve1.boot()
    await pass(MINUTE)
    cluster.away.delete('pve1')
    await pass(MINUTE)
    expect(causes()).toEqual(['pve1 panic (certain)', 'pve1 clean-reboot (certain)'])
    expect(rebooted[0]?.atMs).toBe(pve1.boots[1]?.startMs)
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
    watching()
    await pass(5 * MINUTE)
    const refusal = { ok: false, code: 'server-error', sentence: 'Not yet.' } as const
    pve1.refusal = refusal
    await cut(pve1, MINUTE)
    expect(rebooted).toEqual([])
    pve1.say('kernel', 'sysrq: Resetting')
    pve1.boot()
    await pass(MINUTE)
    pve1.refusal = undefined
    await pass(MINUTE)
    expect(causes()).toEqual(['pve1 abrupt-undetermined (possible)', 'pve1 hard-reset (certain)'])
  })

  it('that we made ourselves is told as ours, with what came before', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.say('kernel', 'INFO: task kworker/0:1:12 blocked for more than 122 seconds.')
    pve1.die(0)
    cluster.away.add('pve1')
    await pass(4 * MINUTE)
    tell('cycle-begun', { host: 'pve1', intent: 'plan-7' })
    await pass(MINUTE)
    pve1.boot()
    await pass(20_000)
    cluster.away.delete('pve1')
    await pass(20_000)
    expect(rebooted[0]).toMatchObject({ severity: 'info', verdict: { cause: 'own-cycle', before: 'host-stall' } })
    expect(said.filter((line) => line.startsWith('alert pve1 true'))).toEqual([])
  })

  it('is narrowed by who died with it', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.die()
    cluster.away.add('pve1')
    await pass(MINUTE)
    tell('host-down', { host: 'nas' })
    tell('host-down', { host: 'pve1' })
    await cut(pve1, MINUTE)
    expect(rebooted[0]?.verdict).toMatchObject({ cause: 'power-loss', confidence: 'probable' })
  })

  it('is told by the last words that netconsole heard, and only by those of these minutes', async () => {
    watching()
    tails.addKernelLine('pve1', { atMs: clock.now().wallMs, text: '[ 1.0] Kernel panic - not syncing: long ago' })
    await pass(20 * MINUTE)
    tails.addKernelLine('pve1', { atMs: clock.now().wallMs, text: '[ 1234.5] softdog: Initiating system reboot' })
    await cut(pve1, MINUTE)
    tails.addKernelLine('pve1', { atMs: clock.now().wallMs, text: '[ 12.5] Kernel panic - not syncing: later' })
    expect(causes()).toEqual(['pve1 watchdog-reset (certain)'])
  })

  it('is told by its peers to have had HA active', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.die()
    cluster.away.add('pve1')
    await pass(MINUTE)
    pve2.say('pve-ha-crm[143]', "fencing: acknowledged - got agent lock for node 'pve1'")
    await cut(pve1, MINUTE)
    expect(rebooted[0]?.verdict.lines.map(({ source }) => source)).toContain('peers')
  })

  it('into another kernel is an update, as the API tells of both', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.say('systemd[1]', 'Reached target reboot.target - System Reboot.')
    pve1.say('systemd-journald[52]', 'Journal stopped')
    pve1.kernel = '6.14.11-1-pve'
    await cut(pve1, 30_000, 0)
    expect(causes()).toEqual(['pve1 update (certain)'])
  })
})

describe('the journal', () => {
  it('that may not be read leaves what else is known, and is asked for seldom', async () => {
    watching()
    pve1.refusal = { ok: false, code: 'forbidden', sentence: 'The token lacks Sys.Syslog.' }
    await pass(30 * MINUTE)
    expect(pve1.asked.length).toBeLessThan(6)
    await cut(pve1, 3 * MINUTE)
    expect(causes()).toEqual(['pve1 cannot-tell (possible)'])
    expect(rebooted[0]?.verdict.missing[0]).toContain('Sys.Syslog')
    expect(rebooted[0]?.severity).toBe('warning')
  })

  it('is not asked for where that is not wanted', async () => {
    watching({}, false)
    await pass(5 * MINUTE)
    await cut(pve1, 3 * MINUTE)
    expect(pve1.asked).toEqual([])
    expect(causes()).toEqual(['pve1 cannot-tell (possible)'])
  })

  it('that is huge costs no more than its bounds, and its end is still found', async () => {
    watching()
    await pass(5 * MINUTE)
    for (let each = 0; each < 20_000; each += 1) pve1.say('app[9]', `line ${each} ${'x'.repeat(200)}`)
    pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await cut(pve1, 3 * MINUTE, 0)
    expect(causes()).toEqual(['pve1 panic (certain)'])
    for (const { maxBytes } of pve1.asked) expect(maxBytes).toBeLessThanOrEqual(8 * 1024 * 1024)
    const kept = tails.tail({ cluster: 'home', node: 'pve1' }, pve1.boots[0]?.id ?? '')
    expect(kept.length).toBeLessThanOrEqual(2_000)
  })

  it('that is not kept over a reboot gives what we have kept', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.haActive = true
    pve1.say('pve-ha-lrm[144]', 'watchdog active')
    pve1.say('pmxcfs[74]', '[status] notice: node lost quorum')
    await pass(MINUTE)
    const [first] = pve1.boots
    await pass(10_000)
    pve1.boots.splice(0, 1, { ...first!, lines: [] })
    await cut(pve1, MINUTE)
    expect(causes()).toEqual(['pve1 quorum-loss-fence (possible)'])
    expect(rebooted[0]?.verdict.missing[0]).toContain('is it persistent?')
  })

  it.each([
    ['without borders', (node: FakeNode) => Object.assign(node, { drawsBorders: false })],
    ['by a clock that is an hour ahead', (node: FakeNode) => Object.assign(node, { errorMs: HOUR })],
  ])('%s is read all the same', async (_, change) => {
    change(pve1)
    watching()
    await pass(5 * MINUTE)
    pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await cut(pve1, 3 * MINUTE, 0)
    expect(causes()).toEqual(['pve1 panic (certain)'])
  })

  it('by a clock that was wrong at the start is read from where we were', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    cluster.away.add('pve1')
    await pass(MINUTE)
    pve1.errorMs = -400 * 24 * HOUR
    pve1.boot()
    pve1.errorMs = 0
    await pass(20_000)
    // Set right by now, and the view tells that time.
    cluster.away.delete('pve1')
    await pass(20_000)
    expect(causes()).toEqual(['pve1 panic (certain)'])
  })

  it('says nothing of lines that somebody smuggles in', async () => {
    watching()
    await pass(5 * MINUTE)
    pve1.say('app[9]', 'x\nNov 20 19:30:00 pve1 kernel: Kernel panic - not syncing: y\n-- Reboot --')
    await pass(MINUTE)
    await cut(pve1, MINUTE)
    expect(causes()).toEqual(['pve1 abrupt-undetermined (possible)'])
  })

  it('of a boot between that is not in it is not taken for the end', async () => {
    const forgetful = new MemoryTails()
    forgetful.add = () => undefined
    watching({ tails: forgetful })
    await pass(5 * MINUTE)
    pve1.say('kernel', 'Kernel panic - not syncing: an old one')
    await pass(20_000)
    const [first] = pve1.boots
    await pass(5 * HOUR)
    // What was written since is gone.
    pve1.boots.splice(0, 1, { ...first!, lines: (first?.lines ?? []).slice(0, 32) })
    await cut(pve1, MINUTE)
    expect(causes()).toEqual(['pve1 cannot-tell (possible)'])
  })
})

describe('a restart of ours', () => {
  it('misses no reboot, and tells none twice', async () => {
    const first = watching()
    await pass(5 * MINUTE)
    await first.stop()
    pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await cut(pve1, 3 * MINUTE, 0)
    const second = watching()
    await pass(MINUTE)
    expect(causes()).toEqual(['pve1 panic (certain)'])
    await second.stop()
    watching()
    await pass(MINUTE)
    expect(rebooted).toHaveLength(1)
  })

  it('says anew how it stands with the alert, which ends after some hours', async () => {
    const first = watching()
    await pass(MINUTE)
    await cut(pve1, MINUTE)
    expect(said.filter((line) => line.startsWith('alert pve1'))).toEqual([
      'alert pve1 false: pve1 runs.',
      expect.stringMatching(/^alert pve1 true: pve1: It ended abruptly/),
    ])
    await first.stop()
    said = []
    const second = watching()
    await pass(MINUTE)
    expect(said).toContainEqual(expect.stringMatching(/^alert pve1 true/))
    await pass(4 * HOUR)
    expect(said.at(-1)).toBe('alert pve1 false: pve1 rebooted 4 h ago, and has not done so since.')
    await second.stop()
    said = []
    watching()
    await pass(MINUTE)
    expect(said).toContain('alert pve1 false: pve1 runs.')
  })
})

describe('a node that lives', () => {
  it('counts down to its fence, once, and says when nothing came of it', async () => {
    watching()
    await pass(2 * MINUTE)
    pve1.say('pve-ha-lrm[144]', "lost lock 'ha_agent_pve1_lock - cfs lock update failed - Permission denied")
    await pass(20_000)
    await pass(20_000)
    expect(said.filter((line) => line.startsWith('fence pve1 true'))).toHaveLength(1)
    await pass(5 * MINUTE)
    expect(said.at(-1)).toBe('fence pve1 false: pve1: its watchdog did not reset it.')
  })

  it('is not alarmed of by what its journal said before we looked', async () => {
    pve1.say('watchdog-mux[134]', 'client (PID 144) watchdog is about to expire')
    watching()
    await pass(2 * MINUTE)
    expect(said.filter((line) => line.includes('true'))).toEqual([])
  })

  it('tells that it is being stopped, once', async () => {
    watching()
    await pass(2 * MINUTE)
    pve1.say('systemd-logind[61]', 'System is rebooting.')
    await pass(20_000)
    pve1.say('pve-ha-lrm[144]', "got shutdown request with shutdown policy 'conditional'")
    pve1.say('pve-ha-lrm[144]', 'reboot LRM, stop and freeze all services')
    await pass(20_000)
    expect(said.filter((line) => line.startsWith('stop'))).toEqual(['stop pve1 rebooting'])
  })
})

describe('a goodbye that its peers heard', () => {
  const formed = (words: string) => `  [TOTEM ] A new membership (1.15) was formed. Members ${words}`
  const listening = () =>
    watching({
      telling: {
        rebooted: (reboot) => rebooted.push(reboot),
        unexpected: () => {},
        fence: () => {},
        cleanStop: ({ node }, _, kind) => said.push(`stop ${node} ${kind}`),
        stopOver: ({ node }) => said.push(`over ${node}`),
      },
    })

  it('is a clean stop, until it is a member again', async () => {
    listening()
    await pass(2 * MINUTE)
    cluster.away.add('pve1')
    pve2.say('corosync[70]', formed('left: 1'))
    await pass(MINUTE)
    expect(said).toEqual(['stop pve1 shut-down'])
    pve2.say('corosync[70]', formed('joined: 1'))
    cluster.away.delete('pve1')
    await pass(MINUTE)
    expect(said).toEqual(['stop pve1 shut-down', 'over pve1'])
    expect(rebooted).toEqual([])
  })

  it('is none where it was not heard, where it is back at once, and where its own journal has told', async () => {
    listening()
    await pass(2 * MINUTE)
    pve2.say('corosync[70]', formed('left: 1'))
    pve2.say('corosync[70]', '  [TOTEM ] Failed to receive the leave message. failed: 1')
    await pass(MINUTE)
    pve2.say('corosync[70]', formed('left: 1'))
    pve2.say('corosync[70]', formed('joined: 1'))
    await pass(MINUTE)
    expect(said).toEqual([])
    pve1.say('systemd-logind[61]', 'System is rebooting.')
    await pass(20_000)
    pve2.say('corosync[70]', formed('left: 1'))
    await pass(MINUTE)
    expect(said).toEqual(['stop pve1 rebooting'])
  })

  it('counts only where its end is listened to', async () => {
    watching()
    await pass(2 * MINUTE)
    pve2.say('corosync[70]', formed('left: 1'))
    await pass(MINUTE)
    expect(said.filter((line) => line.startsWith('stop'))).toEqual([])
  })
})

describe('a question', () => {
  it('about a node that was never seen to reboot is answered by looking into it, and tells nothing', async () => {
    pve1.say('kernel', 'Kernel panic - not syncing: Fatal exception')
    await clock.pass(MINUTE)
    pve1.boot()
    await clock.pass(MINUTE)
    cluster.poll()
    const watch = watching()
    const answer = await watch.reboots('home/pve1', -1)
    expect(answer).toMatchObject({ ok: true, reboots: [{ boot: -1, verdict: { cause: 'panic' } }] })
    expect(rebooted).toEqual([])
    expect(await watch.reboots('pve1')).toMatchObject({ ok: true, reboots: [{ boot: -1 }] })
  })

  it('about nobody, or about several, is answered with names', async () => {
    const watch = watching()
    expect(await watch.reboots('pve1')).toMatchObject({ ok: false, sentence: expect.stringContaining('has been seen') })
    cluster.poll()
    expect(await watch.reboots('pve9')).toEqual({
      ok: false,
      code: 'no-such-node',
      sentence: 'No node of a Proxmox cluster is called pve9. Seen so far: pve1, pve2.',
    })
    const other = new FakeWatch('away', [pve1])
    other.poll()
    const both = watching({
      clusters: [cluster, other].map((watch) => ({ watch, journals: true, hostOf: () => undefined })),
    })
    expect(await both.reboots('pve1')).toMatchObject({
      sentence: 'There are several nodes called pve1: say home/pve1 or away/pve1.',
    })
    expect(await both.reboots('away/pve1')).toMatchObject({ ok: true, cluster: 'away' })
  })
})
