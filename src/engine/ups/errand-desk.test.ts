import { describe, expect, test } from 'vitest'
import { healthyViews } from '../../../test/faces/cluster-situation.ts'
import { FakeCluster } from '../../../test/faces/fake-cluster.ts'
import type { ClusterViews, HaStatus } from '../../core/cluster/types.ts'
import type { ErrandResult, ErrandWork } from '../../core/ups/errands.ts'
import type { ApiOutcome, ClusterWatch, PowerAction, TaskEnd } from '../../ports/cluster.ts'
import type { NodeAct, NodeShell, ShellFailure } from '../../ports/node-shell.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { ErrandDesk } from './errand-desk.ts'

const DONE = { ok: true, value: undefined } as const
const ENDED: ApiOutcome<TaskEnd> = { ok: true, value: { ok: true, exitStatus: 'OK' } as TaskEnd }
const refused = (code: string) => ({ ok: false, code, sentence: `It says ${code}.` }) as ApiOutcome<never>

/** A cluster that answers as a test says, and shows the views that its actions make. */
class Bench extends FakeCluster {
  readonly acts: PowerAction[] = []
  readonly orders: string[] = []
  answer: (action: PowerAction) => ApiOutcome<TaskEnd | undefined> = () => DONE
  started: ApiOutcome<TaskEnd> = ENDED
  /** What the next look shows. */
  next: ClusterViews | undefined

  constructor() {
    super(healthyViews())
  }

  override async refresh(): Promise<void> {
    if (this.next !== undefined) this.known = this.next
  }

  override actOnPower = (async (action: PowerAction) => {
    this.acts.push(action)
    return this.answer(action)
  }) as unknown as FakeCluster['actOnPower']

  override async startGuest(): Promise<ApiOutcome<TaskEnd>> {
    return this.started
  }

  override disarmHa = (async (mode: string) => {
    this.orders.push(`disarm ${mode}`)
    return DONE
  }) as unknown as FakeCluster['disarmHa']

  override armHa = (async () => {
    this.orders.push('arm')
    return DONE
  }) as unknown as FakeCluster['armHa']
}

class Shell implements NodeShell {
  readonly cluster = 'home'
  readonly acts: string[] = []
  outcome: { ok: true } | ShellFailure = { ok: true }

  reaches(node: string): boolean {
    return node !== 'pve3'
  }

  look(): ReturnType<NodeShell['look']> {
    throw new Error('nobody looks')
  }

  async act(node: string, act: NodeAct) {
    this.acts.push(`${act} ${node}`)
    return this.outcome
  }
}

function bench() {
  const clock = new ManualClock()
  const cluster = new Bench()
  const shell = new Shell()
  const sent: string[] = []
  const wake = async (mac: string) => {
    sent.push(mac)
    return { ok: true }
  }
  const watches = () => [cluster as unknown as ClusterWatch]
  const desk = new ErrandDesk({ clock, watches, shells: () => [shell], wake })
  const run = (work: ErrandWork, limitMs = 60_000) => desk.run({ id: 'errand-1', limitMs, ...work })
  return { clock, cluster, shell, sent, run }
}

/** The healthy cluster with a guest that is stopped, or HA as given. */
function viewsWith(part: { stopped?: string; running?: string; ha?: Partial<HaStatus> }): ClusterViews {
  const healthy = healthyViews()
  const views = Object.entries(healthy.views).map(([name, view]) => {
    const { resources, ha } = view
    const guests = resources?.value.guests.map((guest) => {
      if (guest.id === part.stopped) return { ...guest, status: 'stopped' as const }
      return guest.id === part.running ? { ...guest, status: 'running' as const } : guest
    })
    return [
      name,
      {
        ...view,
        ...(resources && guests ? { resources: { ...resources, value: { ...resources.value, guests } } } : {}),
        ...(ha ? { ha: { ...ha, value: { ...ha.value, ...part.ha } } } : {}),
      },
    ] as const
  })
  return { ...healthy, views: Object.fromEntries(views) }
}

const stop: ErrandWork = { do: 'stop-guest', cluster: 'home', node: 'pve1', guest: 'qemu/100', timeoutMs: 90_000 }
const services = [{ sid: 'vm:100', request: 'started' }] as const

describe('a guest', () => {
  test('is stopped when it is seen stopped, whatever the answer was', async () => {
    const { cluster, run } = bench()
    cluster.answer = () => refused('timeout')
    cluster.next = viewsWith({ stopped: 'qemu/100' })
    expect((await run(stop)).outcome).toBe('done')
    expect(cluster.acts).toEqual([{ do: 'stop-guest', guest: 'qemu/100', node: 'pve1', timeoutS: 90 }])
  })

  test.each([
    ['timeout', 'unclear'],
    ['unreachable', 'unclear'],
    ['forbidden', 'failed'],
  ])('that runs on after %s is %s', async (code, outcome) => {
    const { cluster, run } = bench()
    cluster.next = viewsWith({ running: 'qemu/100' })
    cluster.answer = () => refused(code)
    expect(await run(stop)).toMatchObject({ outcome, code, sentence: `It says ${code}.` })
  })

  test('whose task failed was not stopped', async () => {
    const { cluster, run } = bench()
    cluster.next = viewsWith({ running: 'qemu/100' })
    cluster.answer = () => ({ ok: true, value: { ok: false, exitStatus: 'VM is locked' } as TaskEnd })
    expect(await run(stop)).toEqual({
      outcome: 'failed',
      code: 'not-stopped',
      sentence: 'The task ended with: VM is locked.',
    })
  })

  test('is started when it is seen running', async () => {
    const { cluster, run } = bench()
    const start: ErrandWork = { do: 'start-guest', cluster: 'home', node: 'pve1', guest: 'qemu/100' }
    cluster.started = refused('timeout')
    cluster.next = viewsWith({ running: 'qemu/100' })
    expect((await run(start)).outcome).toBe('done')
    cluster.next = viewsWith({ stopped: 'qemu/100' })
    expect((await run(start)).outcome).toBe('unclear')
  })
})

describe('HA', () => {
  const quiet: ErrandWork = { do: 'quiet-ha', cluster: 'home', way: 'disarm', services }

  test('is quiet only once it is seen disarmed', async () => {
    const { clock, cluster, run } = bench()
    let result: ErrandResult | undefined
    const running = run(quiet).then((ended) => {
      result = ended
    })
    await clock.pass(10_000)
    expect([cluster.orders, result]).toEqual([['disarm ignore'], undefined])
    cluster.next = viewsWith({ ha: { armed: 'disarmed' } })
    await clock.pass(2_000)
    await running
    expect(result?.outcome).toBe('done')
  })

  test('that does not follow in time is unclear', async () => {
    const { clock, run } = bench()
    const running = run(quiet)
    await clock.pass(60_000)
    expect((await running).outcome).toBe('unclear')
  })

  test('of older versions is quiet once each service is ignored, and armed once each has its request again', async () => {
    const { clock, cluster, run } = bench()
    const service = { sid: 'vm:100', node: 'pve1', state: 'ignored', requestState: 'ignored' }
    cluster.next = viewsWith({ ha: { services: [service] as unknown as HaStatus['services'] } })
    expect((await run({ ...quiet, way: 'ignore' } as ErrandWork)).outcome).toBe('done')
    const running = run({ do: 'arm-ha', cluster: 'home', way: 'ignore', services })
    await clock.pass(4_000)
    const started = { ...service, state: 'started', requestState: 'started' }
    cluster.next = viewsWith({ ha: { services: [started] as unknown as HaStatus['services'] } })
    await clock.pass(2_000)
    expect((await running).outcome).toBe('done')
    expect(cluster.acts).toEqual([
      { do: 'ha-state', sid: 'vm:100', state: 'ignored' },
      { do: 'ha-state', sid: 'vm:100', state: 'started' },
    ])
  })

  test('is not asked further where one service is refused', async () => {
    const { cluster, run } = bench()
    cluster.answer = () => refused('forbidden')
    const two = [...services, { sid: 'vm:101', request: 'started' }]
    const work: ErrandWork = { do: 'quiet-ha', cluster: 'home', way: 'ignore', services: two }
    expect((await run(work)).outcome).toBe('failed')
    expect(cluster.acts).toHaveLength(1)
  })
})

describe('a node', () => {
  const down = (by: 'api' | 'ssh', node = 'pve2'): ErrandWork => {
    return { do: 'shutdown-node', cluster: 'home', node, host: node, by }
  }

  test('is ordered down through the API or by SSH, as is asked', async () => {
    const { cluster, shell, run } = bench()
    expect((await run(down('api'))).outcome).toBe('done')
    expect((await run(down('ssh'))).outcome).toBe('done')
    expect(cluster.acts).toEqual([{ do: 'shutdown-node', node: 'pve2' }])
    expect(shell.acts).toEqual(['shut-down pve2'])
  })

  test('that SSH does not reach is refused without asking; what may have arrived is unclear', async () => {
    const { shell, run } = bench()
    expect(await run(down('ssh', 'pve3'))).toMatchObject({ outcome: 'failed', code: 'not-configured' })
    expect(shell.acts).toEqual([])
    const lost = { ok: false, code: 'timeout', sentence: 'No answer.', mayHaveHappened: true } as const
    shell.outcome = lost
    expect(await run(down('ssh'))).toEqual({ outcome: 'unclear', code: 'timeout', sentence: 'No answer.' })
    shell.outcome = { ...lost, mayHaveHappened: false }
    expect((await run(down('ssh'))).outcome).toBe('failed')
  })

  test('is woken by us and by its cluster; one of both is enough', async () => {
    const { cluster, sent, run } = bench()
    const wake: ErrandWork = { do: 'wake', cluster: 'home', node: 'pve2', host: 'pve2', mac: 'bc:24:11:00:00:02' }
    cluster.answer = () => refused('unreachable')
    expect((await run(wake)).outcome).toBe('done')
    expect(sent).toEqual(['bc:24:11:00:00:02'])
    const { mac: _, ...without } = wake
    expect((await run(without)).outcome).toBe('unclear')
    cluster.answer = () => DONE
    expect((await run(without)).outcome).toBe('done')
  })
})

describe('Ceph', () => {
  test('is paused last and released first, and stops at a refusal', async () => {
    const { cluster, run } = bench()
    await run({ do: 'ceph-flags', cluster: 'home', set: true })
    await run({ do: 'ceph-flags', cluster: 'home', set: false })
    const flags = cluster.acts.map((act) => (act.do === 'ceph-flag' ? act.flag : ''))
    expect(flags.slice(0, 6).at(-1)).toBe('pause')
    expect(flags.slice(6)).toEqual(flags.slice(0, 6).reverse())
    cluster.answer = () => refused('forbidden')
    expect((await run({ do: 'ceph-flags', cluster: 'home', set: true })).outcome).toBe('failed')
    expect(cluster.acts).toHaveLength(13)
  })
})

describe('any errand', () => {
  test('of a cluster that is not configured fails with a sentence', async () => {
    const { run } = bench()
    const errands: ErrandWork[] = [
      { ...stop, cluster: 'gone' } as ErrandWork,
      { do: 'ceph-flags', cluster: 'gone', set: true },
      { do: 'shutdown-node', cluster: 'gone', node: 'pve1', host: 'pve1', by: 'api' },
      { do: 'replicate', cluster: 'gone', node: 'pve1', job: '100-0' },
    ]
    for (const errand of errands) {
      expect(await run(errand)).toMatchObject({ outcome: 'failed', sentence: expect.stringContaining('gone') })
    }
  })

  test('that is never answered is unclear after its limit', async () => {
    const { clock, cluster, run } = bench()
    cluster.answer = () => new Promise(() => {}) as never
    const running = run(stop, 30_000)
    await clock.pass(30_000)
    expect(await running).toEqual({ outcome: 'unclear', code: 'timeout', sentence: 'It did not end in time.' })
  })

  test('that meets a mistake of ours fails, and says which', async () => {
    const { cluster, run } = bench()
    cluster.answer = () => {
      throw new Error('no such shape')
    }
    expect(await run(stop)).toEqual({ outcome: 'failed', code: 'mistake', sentence: 'no such shape' })
  })
})
