import { X509Certificate } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { PacedClock } from '../../src/app/system-clock.ts'
import { Disclosed } from '../../src/config/secret.ts'
import type { Told } from '../../src/core/state/types.ts'
import type { Rebooted } from '../../src/engine/reboots/parts.ts'
import { RebootWatch } from '../../src/engine/reboots/reboot-watch.ts'
import { LAB_CERTIFICATE } from '../../src/lab/servers/certificate.ts'
import { LAB_API_TOKEN, type Lab, startLab } from '../../src/lab/servers/index.ts'
import { claimNetwork, FREE_PORTS } from '../../src/lab/testing/network.ts'
import { homeLabWithCluster } from '../../src/lab/world/index.ts'
import { watchCluster } from '../../src/proxmox/watch.ts'
import { MemoryTails } from '../../src/store/tails/memory-tails.ts'

const PACE = 60
const NODES = ['pve1', 'pve2', 'pve3', 'pve4']
const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const one of cleanup.splice(0).reverse()) await one()
})

/** The lab's Proxmox API over TLS, its real client, and whoever explains reboots. */
async function start() {
  const lab = await startLab({
    spec: homeLabWithCluster(),
    network: await claimNetwork(),
    ports: FREE_PORTS,
    timeScale: PACE,
  })
  cleanup.push(() => lab.stop())
  const clock = new PacedClock(PACE)
  const { hosts } = lab.state()
  const watch = watchCluster(
    {
      cluster: 'home',
      endpoints: hosts
        .filter(({ name }) => NODES.includes(name))
        .map(({ name, address, httpsPort }) => ({ url: `https://${address}:${httpsPort}`, node: name })),
      auth: { kind: 'token', id: LAB_API_TOKEN.id, secret: new Disclosed(LAB_API_TOKEN.secret) },
      tls: { fingerprint: new X509Certificate(LAB_CERTIFICATE).fingerprint256 },
      pollMs: 15_000,
      timeoutMs: 60_000,
    },
    { clock, random: () => 0.5 },
  )
  cleanup.push(() => watch.close())
  const rebooted: Rebooted[] = []
  const said: string[] = []
  const events: Told[] = []
  const reboots = new RebootWatch({
    clock,
    clusters: [{ watch, journals: true, hostOf: (node) => node }],
    tails: new MemoryTails(),
    telling: {
      rebooted: (one) => rebooted.push(one),
      fence: ({ node }, _, holds, sentence) => said.push(`${node} ${holds} ${sentence}`),
      cleanStop: ({ node }, _, kind) => said.push(`${node} ${kind}`),
      stopOver: ({ node }) => said.push(`${node} is back`),
    },
    history: () => events,
  })
  reboots.start()
  cleanup.push(() => reboots.stop())
  await expect
    .poll(() => Object.values(watch.views().views).filter(({ own }) => own !== undefined).length, WAIT)
    .toBe(4)
  return { lab, watch, reboots, rebooted, said, events, clock }
}

const WAIT = { timeout: 60_000, interval: 50 }
const state = (lab: Lab, host: string) => lab.state().hosts.find(({ name }) => name === host)?.state

describe('a node of the lab', () => {
  it('that is rebooted is seen to stop, and was rebooted cleanly', async () => {
    const { lab, rebooted, said, reboots } = await start()
    await lab.act({ kind: 'reboot', host: 'pve2' })
    await expect.poll(() => rebooted.length, WAIT).toBe(1)
    expect(rebooted[0]).toMatchObject({
      cluster: 'home',
      node: 'pve2',
      severity: 'info',
      verdict: { cause: 'clean-reboot', confidence: 'certain' },
    })
    // The lab's API is gone with the first moment of a stop: its peers heard it leave.
    expect(said).toContain('pve2 shut-down')
    expect(await reboots.reboots('pve2', -1)).toMatchObject({ ok: true, reboots: [{ boot: -1 }] })
  }, 90_000)

  it('that loses its cluster counts down, is fenced, and says so afterwards', async () => {
    const { lab, rebooted, said } = await start()
    await lab.act({ kind: 'partition', host: 'pve2' })
    await expect.poll(() => said.some((line) => line.startsWith('pve2 true')), WAIT).toBe(true)
    await expect.poll(() => state(lab, 'pve2'), WAIT).toBe('booting')
    await lab.act({ kind: 'rejoin', host: 'pve2' })
    await expect.poll(() => rebooted.length, WAIT).toBe(1)
    expect(rebooted[0]).toMatchObject({ node: 'pve2', severity: 'critical', verdict: { cause: 'quorum-loss-fence' } })
  }, 90_000)
})
