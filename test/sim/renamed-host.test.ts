import { expect, test } from 'vitest'
import { MINUTE, SECOND, threeHosts } from './setup.ts'
import { Simulation } from './simulation.ts'

test('a host that is renamed while its outlet is off has its boot grace under the new name', () => {
  const setup = threeHosts()
  const sim = new Simulation({ setup })
  sim.start()
  sim.runFor(5 * MINUTE)
  sim.act({ kind: 'hang', host: 'pve1' })
  expect(sim.runUntilTrue(() => !sim.isOn('strip', 0), 5 * MINUTE)).toBe(true)
  sim.runFor(MINUTE)
  // The world knows no node1, so it stays silent: as a server that takes its time to boot does.
  const hosts = setup.policy.hosts.map((host) => (host.name === 'pve1' ? { ...host, name: 'node1' } : host))
  sim.reload({ ...setup.policy, hosts })
  expect(sim.runUntilTrue(() => sim.isOn('strip', 0), 11 * MINUTE)).toBe(true)
  const graceEndsMs = sim.nowMs + 9 * MINUTE
  while (sim.nowMs < graceEndsMs) {
    sim.runFor(10 * SECOND)
    expect(sim.isOn('strip', 0), `cut again while it boots: ${sim.story(12)}`).toBe(true)
  }
})
