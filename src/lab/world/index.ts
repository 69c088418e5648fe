export { act } from './act.ts'
export { type Action, type ActRefusal, type ActResult, UPS_COMMANDS, type UpsCommand } from './actions.ts'
export { advanceTo } from './advance.ts'
export type { ClusterAction } from './cluster/cluster-actions.ts'
export { homeCluster, homeLabWithCluster, homeLabWithUps } from './cluster/home-cluster.ts'
export type { BackupJobSpec, ClusterSpec, GuestSpec, NodeSpec, ProxmoxVersion, StorageSpec } from './cluster/spec.ts'
export type { Cluster, Guest, Node as ClusterNode } from './cluster/types.ts'
export { findCluster, findGuest, findNode, type NodeView, viewOf } from './cluster/view.ts'
export { createWorld } from './create.ts'
export { findHost, findOutlet, findStrip, hasPower } from './find.ts'
export { homeLab } from './home-lab.ts'
export { feedsHost } from './hosts.ts'
export { type Look, type LookChannel, look, lookAtGateway } from './look.ts'
export { hostWatts } from './meter.ts'
export { nextDueMs } from './queue.ts'
export {
  type AfterPowerLoss,
  type HostSpec,
  type StripSpec,
  type SupplyRef,
  type UpsSpec,
  USUAL_WATTS,
  type WorldSpec,
} from './spec.ts'
export {
  armTimer,
  clearTimers,
  type Delivery,
  type OutletView,
  readOutlet,
  readOutlets,
  relay,
  stripReachable,
  type TimerRefusal,
} from './strips.ts'
export type { Cause, Host, HostState, Outlet, PowerCut, Strip, Switching, Ups, UpsFault, World } from './types.ts'
export { LOW_PERCENT } from './ups/create.ts'
export { LOW_RUNTIME_MS, readUps, type UpsView } from './ups/read.ts'
