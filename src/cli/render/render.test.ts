import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busy } from '../../../test/faces/alert-situation.ts'
import { ago, ahead, HOUR, MINUTE, SECOND } from '../../../test/faces/clock.ts'
import { FakeAlerting } from '../../../test/faces/fake-alerting.ts'
import { FakeDaemon } from '../../../test/faces/fake-daemon.ts'
import { calm, cycling, hostNow, POLICY, stripNow } from '../../../test/faces/situation.ts'
import { status as statusSchema } from '../../api/status.ts'
import type { State } from '../../core/state/types.ts'
import { hostReportOf } from '../../http/views/hosts.ts'
import { devicesOf, outletsOf } from '../../http/views/outlets.ts'
import { statusOf } from '../../http/views/status.ts'
import type { AlertingStatus } from '../../ports/alerting.ts'
import { painter } from '../text/paint.ts'
import { renderExplanation } from './explain.ts'
import { deviceLines, outletsTable } from './outlets.ts'
import { renderStatus } from './status.ts'

const zone = process.env.TZ
beforeAll(() => {
  process.env.TZ = 'UTC'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const paint = painter(false)
const golden = (name: string) => new URL(`../../../test/golden/cli/${name}.txt`, import.meta.url).pathname

function daemonWith(state: State): FakeDaemon {
  const daemon = new FakeDaemon(state)
  daemon.clock = ago(2 * MINUTE)
  daemon.tell('host-down', 'pve2 is dead by all its probes.', { host: 'pve2' })
  daemon.clock = ago(MINUTE)
  daemon.tell('cycle-begun', 'The power of pve2 is being cut: dead by icmp and https:8006.', { host: 'pve2' })
  daemon.clock = ahead(0)
  daemon.nextSteps.pve2 = {
    sentence: 'Outlet strip/1 is off and is turned on when the hold ends.',
    at: ahead(7 * MINUTE),
  }
  return daemon
}

function trouble(): State {
  const state = calm()
  const readings = {
    ...stripNow().readings,
    '0': { state: 'on' as const, watts: 180.4, alias: 'Plug 1', at: ago(SECOND) },
  }
  return {
    ...state,
    policy: { ...POLICY, mode: 'dry-run' },
    hosts: {
      pve3: {
        host: 'pve3',
        cycleTimes: [],
        outage: { id: 'outage-2', startedAt: ago(3 * HOUR), verdict: 'down', cycles: 5, wouldCycles: 0 },
        lockout: { at: ago(HOUR), sentence: 'Five power cycles did not bring it back.' },
      },
    },
    hostsNow: {
      ...state.hostsNow,
      pve3: {
        ...hostNow('pve3', 'down', 400),
        refusals: [
          { code: 'cycle-limit', sentence: 'Five power cycles did not bring it back.' },
          { code: 'storm', sentence: 'Two of four hosts of home are silent.' },
        ],
      },
      pve4: hostNow('pve4', 'wedged', 0),
    },
    outlets: {
      'strip/3': { key: 'strip/3', personOffSince: ago(26 * HOUR) },
      'strip/5': { key: 'strip/5', offOnPurpose: { claim: 'c', target: 'pve4', by: 'cli:anna', at: ago(MINUTE) } },
    },
    claims: {
      c: {
        id: 'c',
        revision: 1,
        target: '*',
        purpose: 'operator',
        by: 'cli:anna',
        reason: 'moving the rack',
        goal: 'hands-off',
        blocks: ['recovery'],
        until: { at: ahead(2 * HOUR) },
        madeAt: ago(MINUTE),
      },
    },
    devicesNow: {
      strip: stripNow({
        readings,
        identityOk: false,
        reachable: false,
        lastError: { code: 'timeout', sentence: '192.168.1.205 did not answer within 5 s.' },
      }),
    },
    roundNow: {
      now: {
        ...(state.roundNow.now as NonNullable<State['roundNow']['now']>),
        referencesAnswer: false,
        isolatedSince: ago(3 * MINUTE),
        storms: { home: ago(2 * MINUTE) },
        brokenChannels: ['icmp'],
      },
    },
  }
}

const CALM_ALERTS = busy({
  channels: busy().channels.slice(0, 1),
  firing: {},
  drill: { startedMs: ago(6 * HOUR).wallMs, ok: true, legs: [] },
})

const statusText = (state: State, columns: number, alerts?: Partial<AlertingStatus>) => {
  const daemon = daemonWith(state)
  daemon.alerting = new FakeAlerting()
  daemon.alerting.known = alerts ?? CALM_ALERTS
  return renderStatus(statusSchema.parse(statusOf(daemon, daemon.history)), { paint, columns })
}

describe('what a person reads', () => {
  it.each([
    ['status-calm', () => statusText(calm(), 0)],
    ['status-cycling', () => statusText(cycling(), 0)],
    ['status-trouble', () => statusText(trouble(), 0, busy())],
    ['status-trouble-narrow', () => statusText(trouble(), 80, busy())],
  ])('%s', async (name, text) => {
    await expect(`${text()}\n`).toMatchFileSnapshot(golden(name))
  })

  it.each([
    ['explain-cycling', cycling, 'pve2', 0],
    ['explain-locked-out', trouble, 'pve3', 80],
    ['explain-watched-only', calm, 'nas', 0],
  ])('%s', async (name, situation, host, columns) => {
    const report = hostReportOf(daemonWith(situation()), host)
    await expect(`${renderExplanation(report!, { paint, columns })}\n`).toMatchFileSnapshot(golden(name))
  })

  it('outlets', async () => {
    const state = trouble()
    const text = [
      ...outletsTable(outletsOf(state, ahead(0)), paint),
      '',
      ...deviceLines(devicesOf(state, ahead(0)), paint),
    ]
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot(golden('outlets'))
  })

  it('is narrow where the terminal is', () => {
    const lines = statusText(trouble(), 80, busy()).split('\n')
    const prose = lines.filter((line) => !/^(HOST|pve|nas| {2}strip)/.test(line) && line.split(' ').length > 6)
    for (const line of prose) expect(line.length, line).toBeLessThanOrEqual(84)
  })

  it('says in its status that nobody is told, and nothing of alerts where there is no alert path', () => {
    expect(statusText(calm(), 0, {})).toContain('Alerts: none fires; nobody is told, since no channel is configured.')
    const daemon = daemonWith(calm())
    daemon.alerting = undefined
    const text = renderStatus(statusSchema.parse(statusOf(daemon, [])), { paint, columns: 0 })
    expect(text).not.toContain('Alerts')
  })

  it('begins with DRY RUN where that is so, also where it was forced', () => {
    expect(statusText(trouble(), 0)).toMatch(
      /^DRY RUN: .* Set mode: act in \/etc\/proxmox-watchdog\/watchdog.yaml to act\./,
    )
    const forced = calm({ meta: { meta: { key: 'meta', epoch: 1, nextId: 1, forcedDryRun: 'The state was lost.' } } })
    expect(statusText(forced, 0)).toMatch(/^DRY RUN: .* The state was lost\. `resume` ends this\./)
    expect(statusText(calm(), 0)).not.toContain('DRY RUN')
  })

  it('takes nothing from a device as a command to the terminal', () => {
    const readings = {
      ...stripNow().readings,
      '3': { state: 'on' as const, alias: 'x\u001b[2Jy\nz', at: ago(SECOND) },
    }
    const state = calm({ devicesNow: { strip: stripNow({ readings }) } })
    const text = outletsTable(outletsOf(state, ahead(0)), paint).join('\n')
    expect(text).not.toContain('\u001b')
    expect(text).toContain('x [2Jy z')
  })
})
