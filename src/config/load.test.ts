import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadConfiguration } from './load.ts'
import { formatProblem, formatProblems } from './problem.ts'
import { Secret } from './secret.ts'
import { STRIP, TEST_REGISTRIES } from './testing/registries.ts'

const load = (text: string, env = {}) => loadConfiguration({ file: '/etc/w/c.yaml', text, env }, TEST_REGISTRIES)

function accepted(text: string, env = {}) {
  const loaded = load(text, env)
  if (!loaded.ok) throw new TypeError(formatProblems(loaded.problems))
  return loaded
}

function refused(text: string, env = {}): string[] {
  const loaded = load(text, env)
  return loaded.ok ? [] : loaded.problems.map(formatProblem)
}

describe('loadConfiguration', () => {
  it('has the defaults of the original deployment', () => {
    const { configuration } = accepted('mode: dry-run')
    expect(configuration).toEqual({
      file: '/etc/w/c.yaml',
      mode: 'dry-run',
      stateDirectory: '/var/lib/proxmox-watchdog',
      http: { listen: '0.0.0.0', port: 8000 },
      log: { level: 'info' },
      history: { keepMs: 90 * 86_400_000 },
      rounds: { intervalMs: 30_000, failureThreshold: 3 },
      recovery: {
        offHoldMs: 600_000,
        bootGraceMs: 600_000,
        startupGraceMs: 90_000,
        maxCyclesPerOutage: 5,
        maxCyclesPerDay: 8,
        clearAfterHealthyMs: 1_800_000,
        cycleSpacingMs: 60_000,
        onWedged: 'alert',
        heldAlertAfterMs: 900_000,
        standbyWatts: 5,
        stormCanaryAfterMs: 1_800_000,
      },
      deviceCheckMs: 60_000,
      references: [],
      powerDevices: [],
      hosts: [],
      // Its own test has the details.
      proxmox: [],
      alerting: expect.objectContaining({ channels: [], heartbeats: [], expectations: [] }),
    })
  })

  it('lets values follow from others, and hosts override them', () => {
    const { configuration } = accepted(
      `rounds: { interval: 10s, failureThreshold: 6 }
recovery: { offHold: 2m }
hosts:
  - { name: a, address: 10.0.0.1 }
  - { name: b, address: 10.0.0.2, offHold: 30s, onWedged: cycle }
  - { name: c, address: 10.0.0.3, bootGrace: 20m }
`,
    )
    expect(configuration.recovery).toMatchObject({ bootGraceMs: 120_000, startupGraceMs: 60_000 })
    expect(
      configuration.hosts.map(({ offHoldMs, bootGraceMs, onWedged }) => [offHoldMs, bootGraceMs, onWedged]),
    ).toEqual([
      [120_000, 120_000, 'alert'],
      [30_000, 30_000, 'cycle'],
      [120_000, 1_200_000, 'alert'],
    ])
  })

  it('names channels, orders levels, and keeps the settings of probes and drivers apart', () => {
    const { configuration } = accepted(`powerDevices:
  - { name: strip, driver: kasa, address: 10.0.0.5, username: u, password: { env: KASA_PASSWORD } }
  - { name: bmc, driver: switch, program: /bin/bmc, outlets: [] }
hosts:
  - name: a
    address: 10.0.0.1
    probes: [icmp, { https: { port: 443 } }, { tcp: { port: 22, banner: SSH } }, { tcp: { port: 25 } }]
    power: [{ device: strip, outlet: 0 }, { device: strip, outlet: left }]
    fallback: [{ device: bmc }]
`)
    const [host] = configuration.hosts
    expect(host?.channels.map(({ name, proves }) => `${name} ${proves}`)).toEqual([
      'icmp kernel',
      'https:443 userland',
      'tcp:22 userland',
      'tcp:25 kernel',
    ])
    expect(host?.channels[1]?.settings).toEqual({ port: 443, timeout: 5000 })
    expect(host?.levels).toEqual([
      [
        { device: 'strip', outlet: '0' },
        { device: 'strip', outlet: 'left' },
      ],
      [{ device: 'bmc', outlet: '' }],
    ])
    const [strip, bmc] = configuration.powerDevices
    expect(strip).toMatchObject({ name: 'strip', driver: 'kasa', endpoint: '10.0.0.5', slowestCommandMs: 20_000 })
    expect(Object.keys(strip?.settings as object).sort()).toEqual(['address', 'password', 'username'])
    expect(strip?.settings).toMatchObject({ password: new Secret({ env: 'KASA_PASSWORD' }) })
    expect(bmc).toMatchObject({ settings: { program: '/bin/bmc', wait: 1500 }, slowestCommandMs: 1500 })
  })

  it('takes a relative state directory from the folder of the file, and systemd’s where none is given', () => {
    const env = { STATE_DIRECTORY: '/var/lib/private/w:/var/lib/other' }
    expect(accepted('stateDirectory: state').configuration.stateDirectory).toBe('/etc/w/state')
    expect(accepted('mode: act', env).configuration.stateDirectory).toBe('/var/lib/private/w')
    expect(accepted('stateDirectory: /srv/w', env).configuration.stateDirectory).toBe('/srv/w')
  })

  it('tells contradictions beside mistakes in the same file', () => {
    const text = `mode: acting
${STRIP}hosts:
  - { name: a, address: 10.0.0.1, power: [{ device: strip, outlet: 0 }] }
  - { name: b, address: 10.0.0.2, power: [{ device: strip, outlet: 0 }] }
`
    expect(refused(text)).toEqual([
      '/etc/w/c.yaml:1:7: mode: one of dry-run, act is expected (found acting); did you mean "act"?',
      '/etc/w/c.yaml:5:68: hosts[1].power[0].outlet: outlet 0 of strip already feeds a; cutting it would cut both hosts (line 4)',
    ])
  })

  it('has room for ten thousand hosts', () => {
    const hosts = Array.from({ length: 10_000 }, (_, i) => {
      const address = `10.1.${i >> 8}.${i & 255}`
      return `  - { name: host${i}, address: ${address}, cluster: big, probes: [icmp, { https: { port: 8006 } }] }\n`
    })
    expect(accepted(`hosts:\n${hosts.join('')}`).configuration.hosts).toHaveLength(10_000)
  })

  it('refuses a password in the clear without repeating it, wherever it slips to', () => {
    const good = `powerDevices:
  - name: strip
    driver: kasa
    address: 10.0.0.5
    username: me@example.com
    password: hunter2
hosts:
  - { name: a, address: 10.0.0.1, power: [{ device: strip, outlet: 0 }] }
`
    const edits = fc.record({
      at: fc.nat({ max: good.length - 1 }),
      drop: fc.nat({ max: 2 }),
      put: fc.constantFrom('', ' ', '\n', ':', '"', '-', '\t', '[', '{', '#', 'x', '\n  '),
    })
    fc.assert(
      fc.property(edits, ({ at, drop, put }) => {
        const text = good.slice(0, at) + put + good.slice(at + drop)
        const printed = refused(text).join('\n')
        expect(printed).not.toContain('hunter2')
      }),
      { numRuns: 500 },
    )
  })

  it('never throws: any data, any environment', () => {
    const key = fc.constantFrom(
      ...['mode', 'http', 'port', 'hosts', 'name', 'address', 'probes', 'power', 'device', 'outlet', 'icmp', 'tcp'],
      ...[
        'powerDevices',
        'driver',
        'kasa',
        'outlets',
        'password',
        'rounds',
        'interval',
        'references',
        '__proto__',
        '0',
      ],
    )
    const { data } = fc.letrec((tie) => ({
      data: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(
          null,
          true,
          0,
          -1,
          1.5,
          Number.NaN,
          1e300,
          '',
          '30s',
          'kasa',
          'act',
          'icmp',
          'strip',
          '10.0.0.1',
        ),
        fc.string({ maxLength: 8 }),
        fc.array(tie('data'), { maxLength: 4 }),
        fc.dictionary(key, tie('data'), { maxKeys: 5 }),
      ),
    }))
    const env = fc.dictionary(
      fc.constantFrom(
        'KASA_IP',
        'KASA_USERNAME',
        'KASA_PASSWORD',
        'HOSTS',
        'CHECK_INTERVAL',
        'METRICS_PORT',
        'STATE_DIRECTORY',
      ),
      fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('a=1.2.3.4@0', '30', '')),
    )
    fc.assert(
      fc.property(fc.dictionary(key, data, { maxKeys: 6 }), env, (tree, variables) => {
        const loaded = load(JSON.stringify(tree), variables)
        if (!loaded.ok) expect(formatProblems(loaded.problems)).not.toBe('')
      }),
      { numRuns: 500 },
    )
  })
})
