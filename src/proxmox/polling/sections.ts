import { readCeph } from '../reading/ceph.ts'
import { readCertificates } from '../reading/certificates.ts'
import { readQDevice } from '../reading/qdevice.ts'
import { readReplication } from '../reading/replication.ts'
import { readResources } from '../reading/resources.ts'
import { readServices } from '../reading/services.ts'
import { readClusterStatus } from '../reading/status.ts'
import { readStorage } from '../reading/storage.ts'
import { readTasks } from '../reading/tasks.ts'
import { readVersion } from '../reading/version.ts'
import { readVotes } from '../reading/votes.ts'
import { backupsSection } from './backups-section.ts'
import { GuestsSection } from './guests-section.ts'
import { haSection } from './ha-section.ts'
import { NodeSection } from './node-section.ts'
import { oneCall, type SectionReader } from './section.ts'
import { updatesSection } from './updates-section.ts'

/** All sections, for one endpoint. */
export function sectionReaders(random: () => number): readonly SectionReader[] {
  return [
    oneCall('status', '/cluster/status', readClusterStatus),
    oneCall('resources', '/cluster/resources', readResources),
    haSection,
    oneCall('tasks', '/cluster/tasks', readTasks),
    new NodeSection(),
    oneCall('storage', '/nodes/{node}/storage', readStorage),
    oneCall('qdevice', '/cluster/config/qdevice', readQDevice),
    oneCall('votes', '/cluster/config/nodes', readVotes),
    oneCall('replication', '/nodes/{node}/replication', readReplication),
    oneCall('version', '/version', readVersion),
    new GuestsSection(random),
    oneCall('ceph', '/cluster/ceph/status', readCeph),
    backupsSection,
    oneCall('services', '/nodes/{node}/services', readServices),
    oneCall('certificates', '/nodes/{node}/certificates/info', readCertificates),
    updatesSection,
  ]
}
