import type { FindingSeverity } from './types.ts'

type Row = { readonly severity: FindingSeverity; readonly why: string }

/** Every finding of the audit, as literal data: docs/audit.md is held to it by a test. */
export const AUDIT_CODES = {
  'fence-near': {
    severity: 'critical',
    why: 'Its journal shows what comes before a reset by the watchdog, and nothing after it that takes it back.',
  },
  'stale-marker': {
    severity: 'critical',
    why: 'watchdog-mux ended while clients were connected: the device may still count, and watchdog-mux cannot start again.',
  },
  'device-unfed': { severity: 'critical', why: 'A watchdog device that runs and is fed by nobody resets its machine.' },
  'time-bomb': {
    severity: 'warning',
    why: 'watchdog-mux opens the device at boot and keeps it open, HA or not: killed, stopped for seconds or starved, the node is reset with nobody having asked for it.',
  },
  'self-fence-active': {
    severity: 'info',
    why: 'That is what HA is for. It is worth knowing before a switch is restarted.',
  },
  softdog: {
    severity: 'info',
    why: 'softdog is a timer of the kernel itself: a kernel that panics or hangs hard is not reset by it.',
  },
  nowayout: {
    severity: 'info',
    why: 'Such a device cannot be stopped: even an orderly end of watchdog-mux resets the node.',
  },
  'mux-missing': {
    severity: 'warning',
    why: 'HA starts no service on a node on which it cannot open the watchdog.',
  },
  'watchdog-unseen': { severity: 'info', why: 'What would reset a node cannot be told from outside.' },
  'ha-disarmed': { severity: 'warning', why: 'While HA is disarmed nothing is recovered when a node dies.' },
  'rearm-overdue': { severity: 'critical', why: 'HA should have been armed again: until then nothing is recovered.' },
  'quorum-lost': {
    severity: 'critical',
    why: 'Without quorum nothing can be changed, and active HA nodes reset themselves.',
  },
  'next-loss-fences': {
    severity: 'critical',
    why: 'With quorum lost every node with active HA resets itself within about 80 s, and all its guests go with it.',
  },
  'next-loss-costs-quorum': {
    severity: 'warning',
    why: 'Without quorum no guest can be started or moved and nothing can be changed.',
  },
  'votes-missing': {
    severity: 'warning',
    why: 'Votes that are configured and missing make the margin smaller than it looks.',
  },
  'ups-phase-fences': {
    severity: 'critical',
    why: 'The nodes that are to go on would reset themselves in the middle of a power cut.',
  },
  'not-seen': { severity: 'warning', why: 'Guards that ask what the peers see hold every recovery back.' },
  'runs-on-cluster': {
    severity: 'warning',
    why: 'The watchdog dies with the node that carries it, cannot cut that node’s power, and may be moved or stopped with the rest.',
  },
  'power-device-on-cluster': {
    severity: 'critical',
    why: 'When it is needed, what it runs on may be what has died.',
  },
  'name-server-on-cluster': {
    severity: 'warning',
    why: 'With it gone no name is resolved: strips, mail servers and chats given by name cannot be reached.',
  },
  'gateway-on-cluster': { severity: 'warning', why: 'With it gone nothing outside can be told anything.' },
  'channel-on-cluster': { severity: 'warning', why: 'It may die with what it should tell of.' },
  'all-channels-on-cluster': {
    severity: 'critical',
    why: 'When the cluster dies nobody is told: every way to a person runs over it.',
  },
  'no-channel': { severity: 'critical', why: 'Whatever happens, no person is told.' },
  'one-channel': { severity: 'warning', why: 'When it fails, that is noticed by nobody.' },
  'nobody-outside': {
    severity: 'warning',
    why: 'When the watchdog or its network dies, nothing comes, which looks like a good day.',
  },
  'no-drill': { severity: 'warning', why: 'A channel that was not proved lately may have stopped working.' },
  'drill-failed': { severity: 'critical', why: 'An alert may not have come through, either.' },
  'no-endpoint': { severity: 'warning', why: 'The cluster is not asked at all.' },
  'one-endpoint': {
    severity: 'warning',
    why: 'When that node dies the cluster is not seen at all, and recovery holds: peers-unknown.',
  },
  'node-without-endpoint': { severity: 'info', why: 'Its own view is never compared with those of the others.' },
  'certificate-unchecked': { severity: 'warning', why: 'The token is sent to whoever answers at that address.' },
  'token-lacks': { severity: 'warning', why: 'What is configured cannot be done.' },
  'token-too-strong': {
    severity: 'warning',
    why: 'Whoever gets hold of the token can do with the cluster what the watchdog never needs.',
  },
  'fping-missing': { severity: 'info', why: 'ping asks one host at a time and is slow for many.' },
  'state-on-tmpfs': {
    severity: 'critical',
    why: 'With a restart of the machine it forgets which outlets it turned off, and everything that was to be told.',
  },
  'image-unpinned': {
    severity: 'info',
    why: 'The same name may be another program after the next pull.',
  },
} as const satisfies Record<string, Row>
export type AuditCode = keyof typeof AUDIT_CODES
