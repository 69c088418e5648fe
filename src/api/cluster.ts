import { z } from 'zod'
import { guestsBrief } from './guests.ts'
import { past } from './moments.ts'

const ratio = z.number().describe('0 to 1')
const standing = z
  .enum(['fresh', 'no-quorum', 'stale', 'silent'])
  .describe('what its own view is worth: `no-quorum`: what it says of others may be long past; `silent`: never read')

export const clusterNode = z.object({
  name: z.string(),
  online: z.boolean().nullable().describe('by the view that is believed; null where none tells'),
  standing,
  viewAgeMs: z.number().optional().describe('how old its own view is'),
  sees: z.array(z.string()).describe('the nodes that it sees as members'),
  seenBy: z.array(z.string()).describe('the nodes whose own view, read lately, sees it as a member'),
  notSeenBy: z.array(z.string()).describe('those whose own view does not'),
  losingCostsQuorum: z.boolean().optional(),
  uptimeS: z.number().optional(),
  version: z.string().optional(),
  kernel: z.string().optional(),
  cpuRatio: ratio.optional(),
  cpus: z.number().optional(),
  memoryBytes: z.number().optional(),
  memoryMaxBytes: z.number().optional(),
  rootUsedBytes: z.number().optional(),
  rootTotalBytes: z.number().optional(),
  loads: z.array(z.number()).optional().describe('over 1, 5 and 15 minutes'),
  haState: z.string().optional().describe('as the HA manager sees it'),
  lrm: z
    .object({ state: z.string(), watchdog: z.enum(['active', 'standby', 'unknown']), dead: z.boolean() })
    .optional()
    .describe('its local resource manager'),
  inMaintenance: z.boolean(),
  updatesPending: z.int().optional(),
  rebootRequired: z.boolean().optional(),
  clockOffsetS: z.number().optional().describe('its clock minus ours, seconds'),
})
export type ClusterNode = z.infer<typeof clusterNode>

export const quorum = z.object({
  quorate: z.boolean(),
  votesPresent: z.int(),
  votesNeeded: z.int(),
  votesExpected: z.int(),
  survivesFailures: z.int().describe('so many more nodes may fail, whichever they are; 0: the next one takes quorum'),
  qdevice: z.enum(['none', 'connected', 'failed', 'unknown']),
  qdeviceVotes: z.int(),
  qdeviceWords: z.string().optional().describe('as the node tells of its QDevice'),
})
export type Quorum = z.infer<typeof quorum>

export const ha = z.object({
  ageMs: z.number(),
  armed: z.enum(['armed', 'standby', 'disarming', 'disarmed', 'unknown']).describe('told from 9.2 on'),
  master: z.string().optional(),
  services: z.array(
    z.object({
      sid: z.string(),
      node: z.string(),
      state: z.string(),
      requested: z.string().optional().describe('what somebody wants it to be'),
    }),
  ),
})
export type Ha = z.infer<typeof ha>

export const clusterStorage = z.object({
  storage: z.string(),
  node: z.string(),
  type: z.string(),
  content: z.string(),
  shared: z.boolean(),
  active: z.boolean().nullable().describe('null where nobody knows'),
  usedBytes: z.number(),
  totalBytes: z.number(),
})
export type ClusterStorage = z.infer<typeof clusterStorage>

export const replicationJob = z.object({
  id: z.string(),
  guest: z.int(),
  source: z.string(),
  target: z.string(),
  lastSync: past.optional().describe('missing before the first'),
  failures: z.int().describe('in a row'),
  durationS: z.number(),
  error: z.string().optional(),
})
export type ReplicationJob = z.infer<typeof replicationJob>

export const runningTask = z.object({
  node: z.string(),
  type: z.string(),
  id: z.string().describe('the guest or what else it is about'),
  user: z.string(),
  started: past,
})
export type RunningTask = z.infer<typeof runningTask>

export const unread = z.object({
  node: z.string().describe('the node, or the endpoint that gave no view yet'),
  section: z.string().optional(),
  code: z.string().describe('stable'),
  sentence: z.string(),
  lastReadAgeMs: z.number().optional().describe('how old what is shown of it is; missing where it was never read'),
})
export type Unread = z.infer<typeof unread>

export const cluster = z.object({
  name: z.string().describe('as hosts carry it in the configuration'),
  ownName: z.string().optional().describe('as it calls itself'),
  trusted: z.boolean().describe('a fresh view with quorum tells; otherwise this is only what was last known'),
  believed: z.string().optional().describe('the node whose view is believed'),
  viewsAgree: z.boolean().nullable().describe('null where there are not two views to compare'),
  differences: z.array(z.string()).describe('who disagrees with whom'),
  quorum: quorum.optional(),
  nodes: z.array(clusterNode),
  ha: ha.optional(),
  guests: guestsBrief,
  storages: z.array(clusterStorage),
  replication: z.array(replicationJob),
  tasks: z.array(runningTask).describe('that run now'),
  ceph: z.object({ health: z.string(), checks: z.array(z.string()) }).optional(),
  notRead: z.array(unread).describe('what could not be read'),
})
export type Cluster = z.infer<typeof cluster>

export const clusters = z.object({ clusters: z.array(cluster) })
export type Clusters = z.infer<typeof clusters>
