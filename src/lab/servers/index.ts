export { LAB_CERTIFICATE } from './certificate.ts'
export { SSH_BANNER } from './host-server.ts'
export { GARBAGE, type Garbage, type Mishap, NO_FAULTS, type StripFaults } from './kasa/faults.ts'
export { type Credentials, SETUP_CREDENTIALS } from './kasa/klap-cipher.ts'
export type { StripPorts, StripServer, Transport } from './kasa/strip-server.ts'
export type { Query, Violation, ViolationCode } from './kasa/violations.ts'
export { Lab } from './lab.ts'
export { LabFault } from './lab-fault.ts'
export { assignAddresses, LAB_CREDENTIALS, type LabOptions, type LabPorts, USUAL_PORTS } from './options.ts'
export { NO_PVE_FAULTS, type PveFaults } from './pve/faults.ts'
export {
  ALL_PRIVILEGES,
  type ApiToken,
  type ApiUser,
  type Grants,
  LAB_API_TOKEN,
  LAB_API_USER,
  type PveDelays,
  type PveOptions,
} from './pve/options.ts'
export type { PveApi, RecordedCall } from './pve/pve-api.ts'
export { startLab } from './start-lab.ts'
export type { LabClusterState, LabHostState, LabNodeState, LabState, LabStripState } from './state.ts'
export { LAB_UPSD_USER } from './upsd/session.ts'
