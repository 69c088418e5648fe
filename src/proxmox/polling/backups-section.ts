import { readBackups } from '../reading/backups.ts'
import { readValue, type SectionReader } from './section.ts'

const UNCOVERED = '/cluster/backup-info/not-backed-up'

export const backupsSection: SectionReader<'backups'> = {
  section: 'backups',
  read: async ({ ask }) => {
    const jobs = await ask({ method: 'GET', path: '/cluster/backup' })
    if (!jobs.ok) return jobs
    const uncovered = await ask({ method: 'GET', path: UNCOVERED })
    if (!uncovered.ok) return uncovered
    return readValue(uncovered.value, UNCOVERED, readBackups(jobs.value.data, uncovered.value.data))
  },
}
