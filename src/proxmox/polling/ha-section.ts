import { readHa } from '../reading/ha.ts'
import { readValue, type SectionReader } from './section.ts'

const CURRENT = '/cluster/ha/status/current'

/** The manager's own words are asked for, too: how it sees the nodes is nowhere else. Without them the rest is told. */
export const haSection: SectionReader<'ha'> = {
  section: 'ha',
  read: async ({ ask }) => {
    const current = await ask({ method: 'GET', path: CURRENT })
    if (!current.ok) return current
    const manager = await ask({ method: 'GET', path: '/cluster/ha/status/manager_status' })
    const value = readHa(current.value.data, manager.ok ? manager.value.data : undefined)
    return readValue(current.value, CURRENT, value)
  },
}
