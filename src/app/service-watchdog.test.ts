import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serviceWatchdog, tellServiceWatchdog } from './service-watchdog.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'service-watchdog-'))
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

/** A `systemd-notify` that writes down what it was told. */
function notifier(): { readonly env: NodeJS.ProcessEnv; readonly heard: () => string[] } {
  const record = join(directory, 'heard')
  const program = join(directory, 'systemd-notify')
  writeFileSync(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${record}\n`)
  chmodSync(program, 0o755)
  const heard = () => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : [])
  return { env: { PATH: `${directory}:/usr/bin:/bin` }, heard }
}

describe('the watchdog of the service manager', () => {
  it('is there only where systemd asks this very process', () => {
    const env = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '180000000' }
    expect(serviceWatchdog(env)).toEqual({ everyMs: 60_000, socket: '/run/systemd/notify' })
    expect(serviceWatchdog({ ...env, WATCHDOG_PID: String(process.pid) })).toBeDefined()
    expect(serviceWatchdog({ ...env, WATCHDOG_PID: '1' })).toBeUndefined()
    expect(serviceWatchdog({ WATCHDOG_USEC: '1000' })).toBeUndefined()
    expect(serviceWatchdog({ NOTIFY_SOCKET: '/run/systemd/notify' })).toBeUndefined()
    expect(serviceWatchdog({ ...env, WATCHDOG_USEC: 'soon' })).toBeUndefined()
  })

  it('is told again and again while the watchdog is alive, and nothing once it is not', async () => {
    const { env, heard } = notifier()
    let alive = true
    const stop = tellServiceWatchdog({ everyMs: 20, socket: '/the/socket' }, () => alive, env)
    await vi.waitFor(() => expect(heard().length).toBeGreaterThan(2), { timeout: 20_000 })
    expect(new Set(heard())).toEqual(new Set(['/the/socket WATCHDOG=1']))
    alive = false
    stop()
  })

  it('is told nothing by a watchdog that is not alive', async () => {
    const { env, heard } = notifier()
    let asked = 0
    const stop = tellServiceWatchdog(
      { everyMs: 5, socket: '/the/socket' },
      () => {
        asked += 1
        return false
      },
      env,
    )
    await vi.waitFor(() => expect(asked).toBeGreaterThan(5))
    stop()
    expect(heard()).toEqual([])
  })
})
