import type { z } from 'zod'
import { alertingBrief, drill, drillLeg, heartbeatIn, heartbeatOut, notificationChannel } from './alerting.ts'
import { alert } from './alerts.ts'
import { finding } from './audit.ts'
import { cluster, clusterNode, clusterStorage, ha, quorum, replicationJob, runningTask, unread } from './cluster.ts'
import { delivery } from './deliveries.ts'
import { event } from './events.ts'
import { guest, guestsBrief } from './guests.ts'
import { health } from './health.ts'
import { historyLine } from './history.ts'
import { hookAnswer } from './hooks.ts'
import { channel, host, refusal } from './hosts.ts'
import { future, past } from './moments.ts'
import { device, outlet, problem } from './outlets.ts'
import { claim, leg, plan } from './plans.ts'
import { reboot } from './reboots.ts'
import { silence } from './silences.ts'
import { reference } from './status.ts'

/** The schemas that have a section of their own in the reference; everything else is described where it is used. */
export const NAMED: Readonly<Record<string, z.ZodType>> = {
  Host: host,
  Channel: channel,
  Refusal: refusal,
  Outlet: outlet,
  Device: device,
  Reference: reference,
  Plan: plan,
  Leg: leg,
  Claim: claim,
  Event: event,
  Health: health,
  HookAnswer: hookAnswer,
  Alert: alert,
  Delivery: delivery,
  Silence: silence,
  NotificationChannel: notificationChannel,
  Drill: drill,
  DrillLeg: drillLeg,
  HeartbeatIn: heartbeatIn,
  HeartbeatOut: heartbeatOut,
  AlertingBrief: alertingBrief,
  Cluster: cluster,
  ClusterNode: clusterNode,
  Quorum: quorum,
  Ha: ha,
  ClusterStorage: clusterStorage,
  ReplicationJob: replicationJob,
  RunningTask: runningTask,
  Unread: unread,
  GuestsBrief: guestsBrief,
  Guest: guest,
  HistoryLine: historyLine,
  AuditFinding: finding,
  Problem: problem,
  Past: past,
  Future: future,
  Reboot: reboot,
}
