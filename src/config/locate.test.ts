import { describe, expect, it } from 'vitest'
import { configurationPresence, locateFile } from './locate.ts'

const there =
  (...files: string[]) =>
  (file: string) =>
    files.includes(file)
const ETC = '/etc/proxmox-watchdog/config.yaml'

describe('locateFile', () => {
  it('goes by --config, the variable, the folder, /etc', () => {
    const env = { PROXMOX_WATCHDOG_CONFIG: '/srv/w.yaml' }
    const all = there('./proxmox-watchdog.yaml', ETC)
    expect(locateFile('mine.yaml', env, all)).toMatchObject({ how: 'named', file: 'mine.yaml' })
    expect(locateFile(undefined, env, all)).toMatchObject({ how: 'named', file: '/srv/w.yaml' })
    expect(locateFile(undefined, {}, all)).toEqual({ how: 'usual', file: './proxmox-watchdog.yaml' })
    expect(locateFile(undefined, {}, there(ETC))).toEqual({ how: 'usual', file: ETC })
    expect(locateFile(undefined, { PROXMOX_WATCHDOG_CONFIG: '' }, there())).toEqual({ how: 'none' })
  })
})

describe('configurationPresence', () => {
  it('counts anything that means a configuration, right or wrong', () => {
    expect(configurationPresence({}, there())).toBe('none')
    expect(configurationPresence({ PATH: '/bin', STATE_DIRECTORY: '/x', HOSTS: '' }, there())).toBe('none')
    expect(configurationPresence({ METRICS_PORT: '9' }, there())).toBe('environment')
    expect(configurationPresence({ PROXMOX_WATCHDOG_CONFIG: '/gone.yaml' }, there())).toBe('file')
    expect(configurationPresence({ HOSTS: 'a=1.2.3.4' }, there(ETC))).toBe('file')
  })
})
