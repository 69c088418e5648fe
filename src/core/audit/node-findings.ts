import { finding } from './finding.ts'
import { deviceOf, holdsDevice, isClient } from './node-picture.ts'
import type { AuditedCluster, Finding, NodeFacts } from './types.ts'

/** What would reset one node now, and what could by mistake. */
export function nodeFindings({ cluster, model }: AuditedCluster, facts: NodeFacts): readonly Finding[] {
  const { node, online } = facts
  if (online === false) return []
  const about = { cluster, node }
  const services = (model?.ha?.value.services ?? []).some(({ state }) => state !== 'ignored')
  const found = [...danger(facts, about), ...muxMissing(facts, services, about)]
  const held = holdsDevice(facts)
  const client = isClient(facts)
  if (held === undefined && client !== true) {
    const troubles = [facts.journalTrouble, facts.insideTrouble].filter((each) => each !== undefined)
    const said = troubles.length > 0 ? ` ${troubles.join(' ')}` : ''
    const remedy = 'Grant Sys.Syslog on /nodes (proxmox check), and configure ssh for its cluster.'
    return [...found, finding('watchdog-unseen', `What would reset ${node} is not known.${said}`, remedy, about)]
  }
  if (client === true) {
    found.push(
      finding(
        'self-fence-active',
        `${node} resets itself when it loses quorum for about a minute: HA is active on it.`,
        `Before work on its network: proxmox-watchdog node-watchdog disarm ${node} --for 2h.`,
        about,
      ),
    )
  } else if (held === true) found.push(heldOpen(facts, client === false, services, about))
  return [...found, ...device(facts, held === true, about)]
}

type About = { readonly cluster: string; readonly node: string }

/** Where HA has services it will be used again; where it has none it is the time bomb of every fresh install. */
function heldOpen(facts: NodeFacts, noClient: boolean, services: boolean, about: About): Finding {
  const { node } = facts
  const use = services ? 'HA is idle on it now' : noClient ? 'HA does not use it' : 'no client of it is seen'
  return finding(
    'time-bomb',
    `watchdog-mux of ${node} holds ${deviceOf(facts)} open, and ${use}.`,
    services
      ? 'Never kill or stop watchdog-mux by hand.'
      : `Where HA is not wanted: proxmox-watchdog node-watchdog disarm ${node} --for-good. Otherwise never kill or stop watchdog-mux.`,
    services ? { ...about, severity: 'info' } : about,
  )
}

function danger({ node, journal, inside }: NodeFacts, about: About): Finding[] {
  const muxRuns = (inside?.units['watchdog-mux']?.pid ?? 0) > 0
  const running = inside?.root === true && inside.holders.length === 0
  const unfed = running ? inside.devices.find(({ state }) => state === 'active') : undefined
  return [
    ...(journal?.fence === undefined
      ? []
      : [
          finding(
            'fence-near',
            journal.fence.sentence,
            'Look at its network and its corosync at once; guests that must live are moved away now or not at all.',
            about,
          ),
        ]),
    ...(inside?.marker === true && !muxRuns
      ? [
          finding(
            'stale-marker',
            `/run/watchdog-mux.active is there on ${node}, but watchdog-mux does not run.`,
            'Move its guests away and restart it; start nothing that opens the watchdog.',
            about,
          ),
        ]
      : []),
    ...(unfed === undefined
      ? []
      : [
          finding(
            'device-unfed',
            `${unfed.name} of ${node}${unfed.identity === undefined ? '' : ` (${unfed.identity})`} runs and nobody holds it.`,
            'Expect a reset within its timeout; find out what opened it.',
            about,
          ),
        ]),
  ]
}

function muxMissing({ node, inside, journal }: NodeFacts, services: boolean, about: About): Finding[] {
  const unit = inside?.units['watchdog-mux']
  const gone = unit === undefined ? journal?.mux === 'ended' : unit.pid === 0
  if (!gone || !services) return []
  const masked = /^masked/.test(unit?.enabled ?? '')
  const sentence = `watchdog-mux of ${node} does not run${masked ? ' and is masked' : ''}, but HA manages services.`
  return [finding('mux-missing', sentence, `proxmox-watchdog node-watchdog arm ${node}, or take it out of HA.`, about)]
}

function device(facts: NodeFacts, held: boolean, about: About): Finding[] {
  if (!held) return []
  const { node, inside, journal } = facts
  const stuck = inside?.devices.some(({ nowayout }) => nowayout === true) ?? journal?.softdog?.nowayout === true
  return [
    ...(stuck
      ? [
          finding(
            'nowayout',
            `The watchdog device of ${node} has nowayout set: once it is open it cannot be stopped.`,
            'Never stop watchdog-mux on it without a reboot; take nowayout out of the options of its module.',
            about,
          ),
        ]
      : []),
  ]
}
