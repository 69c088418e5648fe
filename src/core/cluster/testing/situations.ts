import type { RebootVerdict } from '../../reboots/types.ts'
import { config, guest, NOW_S, task } from './lab.ts'

export const without3 = { sees: ['pve1', 'pve2'] }
export const dead3 = { pve1: without3, pve2: without3, pve3: { silent: true } }
export const cutOff3 = { pve1: without3, pve2: without3, pve3: { sees: ['pve3'] } }
export const allOld = Object.fromEntries(['pve1', 'pve2', 'pve3'].map((node) => [node, { ageS: 300 }]))
export const allAlone = Object.fromEntries(['pve1', 'pve2', 'pve3'].map((node) => [node, { sees: [node] }]))

export const five = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5']
export const without5 = { sees: five.slice(0, 4) }
export const dead5 = { pve1: without5, pve2: without5, pve3: without5, pve4: without5, pve5: { silent: true } }

export const onboot = { 'qemu/100': config() }
export const stopped = guest(100, 'pve1', { status: 'stopped' })
export const failedDump = task('vzdump', 'pve1', '100', { endS: NOW_S - 10, status: 'job errors' })

export const verdict = (cause: RebootVerdict['cause']): RebootVerdict => ({
  cause,
  confidence: 'certain',
  sentence: 'It lost quorum.',
  lines: [],
  missing: [],
  couldBe: [],
})
