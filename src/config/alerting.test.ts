import { describe, expect, it } from 'vitest'
import { toAlertPolicy } from './alert-policy.ts'
import { loadConfiguration } from './load.ts'
import { formatProblems } from './problem.ts'
import { risks } from './risks/risks.ts'
import { secretsOf } from './secrets-of.ts'
import { TEST_REGISTRIES } from './testing/registries.ts'

const HOST = 'hosts: [{ name: pve1, address: 10.0.0.1, probes: [icmp] }]\n'

function load(text: string) {
  return loadConfiguration({ file: 'c.yaml', text: HOST + text, env: {} }, TEST_REGISTRIES)
}

function accepted(text: string) {
  const loaded = load(text)
  if (!loaded.ok) throw new TypeError(formatProblems(loaded.problems))
  return loaded.configuration
}

function refused(text: string): string[] {
  const loaded = load(text)
  return loaded.ok ? ['accepted'] : loaded.problems.map(({ line, message }) => `${line}: ${message}`)
}

const CHANNELS = `channels:
  - { name: chat, type: chat, webhook: { env: CHAT } }
  - { name: phone, type: pager, number: "1", rate: { burst: 5, every: 2s }, local: true }
`

describe('the alert path in the configuration', () => {
  it('has defaults for everything', () => {
    const { alerting } = accepted('')
    expect(alerting).toMatchObject({ channels: [], heartbeats: [], expectations: [] })
    expect(alerting.hooks).toBeUndefined()
    expect(alerting.alerts).toMatchObject({
      groupWaitMs: 10_000,
      groupBy: ['cluster'],
      remindEveryMs: 4 * 3_600_000,
      expireAfterMs: 3 * 86_400_000,
      drill: { everyMs: 86_400_000 },
    })
  })

  it('keeps what belongs to every channel apart from the settings of its type', () => {
    expect(accepted(CHANNELS).alerting.channels).toMatchObject([
      { name: 'chat', type: 'chat' },
      {
        name: 'phone',
        type: 'pager',
        local: true,
        rate: { burst: 5, refillMs: 2_000 },
        settings: { number: '1', timeout: 10_000 },
      },
    ])
    expect(Object.keys(accepted(CHANNELS).alerting.channels[1]?.settings as object)).toEqual(['number', 'timeout'])
  })

  it('takes a channel as one URL, which is a secret', () => {
    const { channels } = accepted('channels: [{ name: chat, type: url, url: { env: CHAT_URL } }]').alerting
    expect(secretsOf(channels[0]?.settings).map(({ path }) => path)).toEqual(['url'])
    expect(refused('channels: [{ name: chat, type: url, url: "discord://token@id" }]')[0]).toContain(
      'never as the value',
    )
  })

  it('reads receivers, routes and times of day', () => {
    const { alerts } = accepted(`${CHANNELS}alerts:
  receivers:
    - { name: ops, chain: [[chat, phone], phone], escalateAfter: 10m, until: acknowledged }
  routes:
    - { match: ['cluster=~"home.*"'], severity: [critical], receivers: [ops], continue: true }
  quietHours: { from: "22:00", to: "7:30", timeZone: Europe/Berlin }
  drill: { at: "09:00" }
`).alerting
    expect(alerts.receivers).toEqual([
      {
        name: 'ops',
        chain: [['chat', 'phone'], ['phone']],
        escalateAfterMs: 600_000,
        criticalAllAtOnce: false,
        until: 'acknowledged',
      },
    ])
    expect(alerts.routes).toEqual([
      { matchers: ['cluster=~"home.*"'], severities: ['critical'], receivers: ['ops'], goOn: true },
    ])
    expect(alerts.quietHours).toEqual({ fromMinute: 22 * 60, toMinute: 450, timeZone: 'Europe/Berlin' })
    expect(alerts.drill).toEqual({ everyMs: 86_400_000, atMinute: 540 })
  })

  it('makes addresses watched from outside hosts that are only watched', () => {
    const { hosts } = accepted('deadman: { probe: [{ name: site, address: home.example.org }] }')
    expect(hosts[1]).toMatchObject({ name: 'site', cluster: 'outside', levels: [], channels: [{ name: 'https:8006' }] })
  })

  it.each([
    [
      'channels: [{ name: a, type: chat, webhook: { env: A } }, { name: a, type: pager, number: "1" }]',
      'there are two channels called a (line 2)',
    ],
    [`${CHANNELS}alerts: { receivers: [{ name: ops, chain: [chart] }] }`, 'there is no channel called chart'],
    [`${CHANNELS}alerts: { routes: [{ receivers: [opps] }] }`, 'there is no receiver called opps'],
    ['alerts: { routes: [{ match: ["a"], receivers: [] }] }', 'a'],
    ['alerts: { quietHours: { from: "25:00", to: "07:00" } }', 'a time of day such as "22:00" is expected'],
    [
      'alerts: { quietHours: { from: "22:00", to: "07:00", timeZone: Mars/Olympus } }',
      'the name of a time zone such as Europe/Berlin is expected',
    ],
    ['alerts: { inhibit: [{ source: [a=b], target: [c=d], equal: [] }] }', 'at least one label is expected'],
    ['hooks: {}', 'a token, or a username with a password, is expected'],
    ['hooks: { username: am, token: { env: T } }', 'a username and a password belong together'],
    ['heartbeats: [{ name: hc, type: ping, url: { env: U }, every: 5s }]', 'at least 12s is expected'],
    ['deadman: { probe: [{ name: pve1, address: 10.0.0.9 }] }', 'there are two hosts called pve1'],
    [
      'channels: [{ name: chat, type: chatt, webhook: { env: A } }]',
      'there is no such type: one of url, chat, pager is expected',
    ],
  ])('refuses %s', (text, message) => {
    expect(refused(text).join('\n')).toContain(message)
  })
})

describe('the policy of the alert path', () => {
  const channel = (name: string) => ({
    name,
    type: 'chat',
    local: false,
    loops: false,
    rate: { burst: 1, refillMs: 1 },
  })

  it('tells everybody at once where nobody is named', () => {
    const policy = toAlertPolicy(accepted('').alerting, [channel('a'), channel('b')])
    expect(policy.receivers).toMatchObject([{ name: 'everybody', chain: [['a', 'b']] }])
    expect(policy.routes).toEqual([{ matchers: [], severities: [], receivers: ['everybody'], goOn: false }])
  })

  it('sends what no route takes to the first receiver', () => {
    const { alerting } = accepted(`${CHANNELS}alerts:
  receivers: [{ name: ops, chain: [chat] }, { name: me, chain: [phone] }]
  routes: [{ match: [a=b], receivers: [me] }]
`)
    expect(toAlertPolicy(alerting, []).routes.at(-1)).toMatchObject({ matchers: [], receivers: ['ops'] })
  })
})

describe('risks of the alert path', () => {
  const codes = (text: string) => risks(accepted(text)).map(({ code }) => code)

  it('warns of acting with nobody to tell, with one way only, and with nobody outside', () => {
    expect(codes('mode: act')).toContain('acting-untold')
    expect(codes('mode: dry-run')).not.toContain('acting-untold')
    const one = codes('mode: act\nchannels: [{ name: chat, type: chat, webhook: { env: A } }]')
    expect(one).toEqual(expect.arrayContaining(['one-channel', 'nobody-outside']))
    const good = codes(`mode: act\n${CHANNELS}heartbeats: [{ name: hc, type: ping, url: { env: U } }]`)
    for (const code of ['acting-untold', 'one-channel', 'nobody-outside']) expect(good).not.toContain(code)
  })

  it('warns of critical alerts that go to nobody and of channels in no chain', () => {
    expect(codes('alerts: { routes: [{ receivers: [] }] }')).toContain('critical-to-nobody')
    expect(codes('alerts: { routes: [{ severity: [info], receivers: [] }] }')).not.toContain('critical-to-nobody')
    expect(codes(`${CHANNELS}alerts: { receivers: [{ name: ops, chain: [chat] }] }`)).toContain('channel-unused')
  })

  it('warns of an Alertmanager that forgets between two reminders', () => {
    const configuration = accepted('alerts: { remindEvery: 4h }')
    const told = (firingFor: number, remindEveryMs = configuration.alerting.alerts.remindEveryMs) => {
      const { alerting } = configuration
      const channels = [{ name: 'am', type: 'alertmanager', settings: { firingFor } } as never]
      const given = {
        ...configuration,
        alerting: { ...alerting, channels, alerts: { ...alerting.alerts, remindEveryMs } },
      }
      return risks(given).filter(({ code }) => code === 'alertmanager-forgets').length
    }
    expect([told(6 * 3_600_000), told(4 * 3_600_000), told(6 * 3_600_000, 0)]).toEqual([0, 1, 1])
  })

  it('looks for every secret', () => {
    const missing = risks(accepted(`${CHANNELS}heartbeats: [{ name: hc, type: ping, url: { env: NO_SUCH } }]`), {
      revealSecrets: true,
    })
    expect(missing.map(({ sentence }) => sentence)).toEqual([
      'The webhook of chat is missing: the environment variable CHAT is not set.',
      'The url of hc is missing: the environment variable NO_SUCH is not set.',
    ])
  })
})
