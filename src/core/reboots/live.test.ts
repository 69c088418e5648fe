import { describe, expect, it } from 'vitest'
import { liveSigns } from './live.ts'

const at = (who: string, text: string) => `Nov 20 18:58:44.164566 pve3 ${who}: ${text}`
const WARNED = at('watchdog-mux[134]', 'client (PID 144) watchdog is about to expire')
const LOST = at('pve-ha-lrm[144]', "lost lock 'ha_agent_pve3_lock - cfs lock update failed - Permission denied")
const ACTIVE = at('pve-ha-lrm[144]', 'watchdog active')

describe('the journal of a living node', () => {
  it('counts down to a fence, and says what is left', () => {
    expect(liveSigns('pve3', [LOST]).fence?.sentence).toBe(
      'pve3: HA has lost its lock; unless it gets it back, the watchdog resets the node about a minute later.',
    )
    expect(liveSigns('pve3', [LOST, WARNED]).fence).toEqual({
      line: WARNED,
      sentence: 'pve3: HA has not fed the watchdog for 50 s; unless that resumes, it resets the node in about 20 s.',
    })
    const expired = at('watchdog-mux[134]', 'client (PID 144) watchdog expired - disable watchdog updates')
    expect(liveSigns('pve3', [WARNED, expired]).fence?.sentence).toContain('within seconds')
  })

  it('ends the count down where HA is well again', () => {
    expect(liveSigns('pve3', [WARNED, ACTIVE])).toEqual({ fenceOver: true })
    expect(liveSigns('pve3', [ACTIVE, WARNED]).fence).toBeDefined()
    expect(liveSigns('pve3', [at('sshd[1]', 'Invalid user client (PID 144) watchdog is about to expire')])).toEqual({})
  })

  it('tells a reboot from a shutdown, and takes what may be either for a shutdown', () => {
    const asked = at('pve-ha-lrm[144]', "got shutdown request with shutdown policy 'conditional'")
    const stops = at('pve-ha-lrm[144]', 'shutdown LRM, stop all services')
    expect(liveSigns('pve3', [at('systemd-logind[61]', 'System is rebooting.'), asked, stops]).stop?.kind).toBe(
      'rebooting',
    )
    expect(liveSigns('pve3', [at('systemd-logind[61]', 'System is powering down.'), asked]).stop?.kind).toBe(
      'shut-down',
    )
    expect(liveSigns('pve3', [asked, stops]).stop).toEqual({ kind: 'shut-down', line: stops })
    expect(liveSigns('pve3', [asked]).stop?.kind).toBe('shut-down')
    const reboots = at('pve-ha-lrm[144]', 'reboot LRM, stop and freeze all services')
    expect(liveSigns('pve3', [asked, reboots]).stop?.kind).toBe('rebooting')
    expect(liveSigns('pve3', [at('systemd[1]', 'Reached target Power-Off.')]).stop?.kind).toBe('shut-down')
    expect(liveSigns('pve3', [at('pve-ha-lrm[144]', 'restart LRM, freeze all services')]).stop).toBeUndefined()
  })
})
