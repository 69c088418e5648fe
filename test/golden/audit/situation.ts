import { muxJournal } from '../../../src/core/audit/mux-journal.ts'
import type { AuditedEndpoint, AuditInput, OwnPath } from '../../../src/core/audit/types.ts'
import { judgeCluster } from '../../../src/core/cluster/model.ts'
import { config, guest, type LabSpec, lab, lrm, NOW } from '../../../src/core/cluster/testing/lab.ts'
import type { HaStatus } from '../../../src/core/cluster/types.ts'
import type { InsideFacts } from '../../../src/core/node-watchdog/inside.ts'
import { inside } from '../../../src/core/node-watchdog/testing/sights.ts'
import type { DisarmRow } from '../../../src/core/node-watchdog/types.ts'

/** One file of this folder: what differs from a home lab that was installed yesterday and in which HA is not used. */
export type Situation = {
  /** What it is about, for who reads the file. */
  readonly about: string
  readonly nodes?: readonly string[]
  readonly specs?: LabSpec['specs']
  readonly qdevice?: 'connected' | 'failed'
  readonly ha?: Partial<HaStatus>
  /** Nodes with active HA. */
  readonly active?: readonly string[]
  /** Guests with an address. */
  readonly guests?: Readonly<Record<string, { readonly node: string; readonly address: string }>>
  /** Only what differs from a fresh node; null: not looked at from inside. */
  readonly inside?: Readonly<Record<string, Partial<InsideFacts> | null>>
  /** Lines of the journal; null: it cannot be read. */
  readonly journals?: Readonly<Record<string, readonly string[] | null>>
  readonly endpoints?: readonly AuditedEndpoint[]
  readonly permissions?: Readonly<Record<string, readonly string[]>>
  readonly features?: AuditInput['clusters'][number]['features']
  readonly disarmed?: readonly DisarmRow[]
  readonly upsPhases?: AuditInput['clusters'][number]['upsPhases']
  readonly path?: Partial<OwnPath>
}

const START = (node: string) =>
  `Nov 20 18:58:28 ${node} watchdog-mux[134]: Watchdog driver 'Software Watchdog', version 0`

export function inputOf(situation: Situation): AuditInput {
  const { nodes = ['pve1', 'pve2', 'pve3'], specs = {}, guests = {}, active = [], ha = {} } = situation
  const rows = Object.entries(guests).map(([vmid, { node }]) => guest(Number(vmid), node))
  const configs = Object.entries(guests).map(([vmid, { address }]) => [
    `qemu/${vmid}`,
    config({ addresses: [address] }),
  ])
  const lrms = nodes.map((node) =>
    active.includes(node) ? { ...lrm(node, 'active'), watchdog: 'active' as const } : lrm(node),
  )
  const views = lab({
    nodes,
    specs,
    guests: rows,
    configs: Object.fromEntries(configs),
    ha: { lrms, armed: active.length > 0 ? 'armed' : 'standby', ...ha },
    ...(situation.qdevice === undefined
      ? {}
      : { view: { qdevice: { at: NOW, value: { state: situation.qdevice, algorithm: 'ffsplit', words: '' } } } }),
  })
  const model = judgeCluster(views, NOW)
  return {
    clusters: [
      {
        cluster: 'home',
        model,
        nodes: model.nodes.map((node) => factsOf(situation, node)),
        endpoints: situation.endpoints ?? nodes.map((_, i) => ({ url: `https://10.0.0.${i + 1}:8006`, trust: 'ca' })),
        features: situation.features ?? ['views'],
        permissions: situation.permissions ?? { '/': ['Datastore.Audit', 'Sys.Audit', 'VM.Audit'] },
        disarmed: situation.disarmed ?? [],
        ...(situation.upsPhases === undefined ? {} : { upsPhases: situation.upsPhases }),
      },
    ],
    path: {
      nowMs: NOW.wallMs,
      ownAddresses: ['10.0.9.9'],
      relied: [
        { what: 'power-device', name: 'strip', addresses: ['10.0.8.1'] },
        { what: 'gateway', name: '10.0.0.254', addresses: ['10.0.0.254'] },
        { what: 'channel', name: 'mail', addresses: ['192.0.2.25'] },
      ],
      channels: ['mail', 'ntfy'],
      heartbeats: ['healthchecks'],
      relay: false,
      drill: { lastMs: NOW.wallMs - 86_400_000, lastOk: true, lastOkMs: NOW.wallMs - 86_400_000 },
      fping: true,
      stateDirectory: '/var/lib/proxmox-watchdog',
      stateOnTmpfs: false,
      ...situation.path,
    },
  }
}

type Node = ReturnType<typeof judgeCluster>['nodes'][number]

function factsOf(
  situation: Situation,
  { name, online, lrm: local }: Node,
): AuditInput['clusters'][number]['nodes'][number] {
  const lines = situation.journals?.[name]
  const within = situation.inside?.[name]
  return {
    node: name,
    master: name === 'pve1' && (situation.active ?? []).length > 0,
    ...(online === undefined ? {} : { online }),
    ...(local === undefined ? {} : { lrm: local }),
    ...(lines === null
      ? { journalTrouble: `The journal of ${name} may not be read: it needs Sys.Syslog on /nodes/${name}.` }
      : { journal: muxJournal(name, lines ?? [START(name)]) }),
    ...(within === undefined || within === null
      ? {}
      : { inside: inside({ marker: (situation.active ?? []).includes(name), ...within }) }),
  }
}
