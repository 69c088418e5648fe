import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AlertingConfiguration } from '../config/alerting.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Policy } from '../core/policy.ts'
import type { Told } from '../core/state/types.ts'
import { ProbeRounds } from '../engine/probe-rounds.ts'
import type { OutletReading, PowerDevice } from '../ports/power-device.ts'
import { breadcrumbsIn } from '../store/breadcrumbs.ts'
import { openStore } from '../store/open.ts'
import type { Assembly } from './assemble.ts'
import { type DaemonParts, RunningDaemon } from './daemon.ts'
import { SystemClock } from './system-clock.ts'

/** Nobody is told. */
const NO_ALERTING: AlertingConfiguration = {
  channels: [],
  alerts: {
    receivers: [],
    routes: [],
    inhibit: [],
    groupWaitMs: 0,
    groupBy: [],
    remindEveryMs: 0,
    expireAfterMs: 60_000,
    disable: [],
    drill: { everyMs: 0 },
  },
  heartbeats: [],
  expectations: [],
}

/** Of the configuration only what is not in the policy is looked at. */
const NOTHING_ELSE = { alerting: NO_ALERTING, proxmox: [], hosts: [] } as unknown as Configuration

const POLICY: Policy = {
  mode: 'act',
  intervalMs: 1_000,
  failureThreshold: 3,
  offHoldMs: 600_000,
  bootGraceMs: 600_000,
  startupGraceMs: 0,
  maxCyclesPerOutage: 5,
  maxCyclesPerDay: 8,
  clearAfterHealthyMs: 1_800_000,
  cycleSpacingMs: 0,
  onWedged: 'alert',
  heldAlertAfterMs: 900_000,
  standbyWatts: 0,
  stormCanaryAfterMs: 1_800_000,
  deviceCheckMs: 60_000,
  hosts: [],
  references: [],
  devices: [{ name: 'strip', driver: 'fake', slowestCommandMs: 100, outlets: [{ outlet: '0', protected: false }] }],
}

/** A strip of one outlet that does at once what it is told. */
class PromptStrip implements PowerDevice {
  readonly name = 'strip'
  readonly driver = 'fake'
  on = true

  #reading(): OutletReading {
    return { outlet: '0', state: this.on ? 'on' : 'off' }
  }
  async identify() {
    return { ok: true, value: { deviceId: 'ID', model: 'M', outlets: [this.#reading()] } } as const
  }
  async readAll() {
    return { ok: true, value: [this.#reading()] } as const
  }
  async read() {
    return { ok: true, value: this.#reading() } as const
  }
  turnOff() {
    this.on = false
    return this.read()
  }
  turnOn() {
    this.on = true
    return this.read()
  }
  async close() {}
}

function daemonOn(strip: PowerDevice, part: Partial<DaemonParts> = {}): RunningDaemon {
  const directory = mkdtempSync(join(tmpdir(), 'watchdog-daemon-'))
  const clock = new SystemClock()
  const opened = openStore({ directory, now: () => clock.now() })
  if (!opened.ok) throw new Error(opened.sentence)
  const probing = new ProbeRounds({ channels: [], probes: {}, clock, vantage: 'here' })
  const assembly: Assembly = { policy: POLICY, probing, devices: [strip], configuration: NOTHING_ELSE }
  const daemon = new RunningDaemon({
    about: { version: '0', startedAt: clock.now(), pid: 1, configuration: 'test', stateDirectory: directory },
    clock,
    store: opened.store,
    breadcrumbs: breadcrumbsIn(directory),
    assembly,
    reassemble: () => ({ ok: true, assembly, note: 'again' }),
    onFatal: () => {},
    log: () => {},
    ...part,
  })
  daemon.start(undefined)
  onTestFinished(async () => {
    const hurry = new AbortController()
    hurry.abort()
    await daemon.stop(hurry.signal)
    opened.store.close()
    rmSync(directory, { recursive: true })
  })
  return daemon
}

function tells(daemon: RunningDaemon, code: string): Promise<Told> {
  return new Promise((resolve) => {
    const stop = daemon.subscribe((told) => {
      if (told.code !== code) return
      stop()
      resolve(told)
    })
  })
}

test('a listener that throws keeps nothing from happening, and no answer from its order', async () => {
  const strip = new PromptStrip()
  const daemon = daemonOn(strip)
  await tells(daemon, 'identity-pinned')
  daemon.subscribe(() => {
    throw new Error('a full disk under the log')
  })
  const isOff = tells(daemon, 'outlets-off')
  const order = { by: 'test', order: 'switch', target: 'strip/0', reason: 'test', protected: false } as const
  expect(await daemon.order({ ...order, goal: 'off', untilMs: 'release' })).toMatchObject({ code: 'turning-off' })
  await isOff
  expect(strip.on).toBe(false)
  expect(await daemon.order({ ...order, goal: 'on' })).toMatchObject({ code: 'turning-on' })
})

test('a reload that meets a mistake of ours is refused, and the watchdog goes on', async () => {
  const daemon = daemonOn(new PromptStrip(), {
    reassemble: () => {
      throw new TypeError('clumsy')
    },
  })
  const refused = tells(daemon, 'configuration-refused')
  expect(await daemon.reload()).toMatchObject({ ok: false, sentence: expect.stringContaining('clumsy') })
  await refused
})
