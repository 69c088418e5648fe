import { spell } from '../phrase.ts'
import { finding } from './finding.ts'
import type { Finding, OwnPath } from './types.ts'

const WEEK_MS = 7 * 86_400_000

/** Whether a person would hear of it, and whether anybody would notice our own silence. */
export function tellingFindings(path: OwnPath): readonly Finding[] {
  return [...channels(path), ...outside(path), ...drills(path), ...machine(path)]
}

function channels({ channels: names }: OwnPath): Finding[] {
  if (names.length === 0) {
    return [finding('no-channel', 'No channel is configured.', 'Configure two of different kinds: docs/alerting.md.')]
  }
  if (names.length > 1) return []
  const sentence = `There is only one way to tell a person: ${names[0]}.`
  return [finding('one-channel', sentence, 'Add a second of another kind, over another provider.')]
}

function outside({ heartbeats, relay }: OwnPath): Finding[] {
  if (heartbeats.length > 0 || relay) return []
  const sentence = 'Nobody outside notices when the watchdog falls silent.'
  return [
    finding('nobody-outside', sentence, 'Configure a heartbeat to somebody outside, or a second watchdog as relay.'),
  ]
}

function drills({ drill, nowMs, channels: names }: OwnPath): Finding[] {
  if (drill === undefined || names.length === 0) return []
  const remedy = 'proxmox-watchdog alerts drill proves every channel, and says which fails.'
  if (drill.lastOk === false) return [finding('drill-failed', 'The last drill failed.', remedy)]
  if (drill.lastOkMs !== undefined && nowMs - drill.lastOkMs <= WEEK_MS) return []
  const last = drill.lastOkMs === undefined ? 'never' : `${spell(nowMs - drill.lastOkMs)} ago`
  return [finding('no-drill', `Every channel was last proved by a drill ${last}.`, remedy)]
}

function machine({ fping, stateDirectory, stateOnTmpfs, image }: OwnPath): Finding[] {
  return [
    ...(fping ? [] : [finding('fping-missing', 'fping is not installed here.', 'apt install fping')]),
    ...(stateOnTmpfs
      ? [
          finding(
            'state-on-tmpfs',
            `${stateDirectory} lies in memory: it does not survive a restart of this machine.`,
            'Put stateDirectory on a disk.',
          ),
        ]
      : []),
    ...(image === undefined || image.pinned
      ? []
      : [
          finding(
            'image-unpinned',
            `The container image ${image.reference} is not pinned by its digest.`,
            'Name it as image@sha256:...',
          ),
        ]),
  ]
}
