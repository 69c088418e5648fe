import { basename } from 'node:path'
import type { DeviceError, DeviceErrorCode } from '../../ports/power-device.ts'
import type { ChildOutcome } from '../../process/run-child.ts'
import { agentWords } from './output.ts'

export type AgentRun = {
  /** As configured: a name or a full path. */
  readonly agent: string
  readonly action: string
  readonly outcome: ChildOutcome
  readonly secrets: readonly string[]
  /** Whether it was told to switch: only then can anything have landed. */
  readonly switches: boolean
}

/** Exit codes of the agents' library (fencing.py) and of ClusterLabs' API. 2 is OFF for `status` and handled there. */
const BY_EXIT_CODE: Readonly<Record<number, DeviceErrorCode>> = {
  2: 'refused',
  3: 'credentials-refused',
  4: 'unreachable',
  5: 'timeout',
  6: 'timeout',
  7: 'timeout',
  8: 'agent-failed',
  9: 'agent-failed',
  10: 'credentials-refused',
  11: 'credentials-refused',
  12: 'no-such-outlet',
}

/** Most agents end with 1 whatever went wrong: their own message tells more. */
const BY_MESSAGE: readonly { readonly says: RegExp; readonly code: DeviceErrorCode; readonly hint?: string }[] = [
  { says: /have to set login password|correct privileges/i, code: 'credentials-refused' },
  { says: /Please use '-h' for usage|^usage:|Unrecognised action/im, code: 'refused' },
  { says: /Connection timed out|Timed out waiting to power/i, code: 'timeout' },
  {
    says: /Unable to connect\/login/i,
    code: 'unreachable',
    hint: 'the agent does not tell a wrong password from no connection',
  },
  { says: /Connection lost|Connection refused|No route to host|Network is unreachable/i, code: 'unreachable' },
  {
    says: /Unable to obtain correct plug status/i,
    code: 'agent-failed',
    hint: 'a wrong password, a wrong outlet or no connection: the agent does not tell which',
  },
]

/** Said of the options, before the agent speaks to the device. */
const BEFORE_CONTACT =
  /^usage:|Unrecognised action|You have to (?:enter|set|use)|value you have entered|not found or not accessible/im

/** Why a run did not succeed. */
export function agentError(run: AgentRun): DeviceError {
  const { end } = run.outcome
  const what = `${basename(run.agent)} (${run.action})`
  if (end.kind === 'not-started') {
    const code = end.code === 'ABORTED' ? 'aborted' : 'agent-failed'
    return { code, sentence: missingSentence(run.agent, end), mayHaveLanded: false }
  }
  const words = agentWords(run.outcome, run.secrets)
  const error = (code: DeviceErrorCode, sentence: string, mayHaveLanded = run.switches): DeviceError => {
    return { code, sentence: words === '' ? sentence : `${sentence}: ${words}`, mayHaveLanded }
  }
  if (run.outcome.aborted) return error('aborted', `${what} was ended before it had finished`)
  if (run.outcome.timedOut) {
    return error('timeout', `${what} was ended after ${Math.round(run.outcome.durationMs / 1000)} s without an answer`)
  }
  if (end.kind !== 'exited') {
    return error('agent-failed', `${what} was killed${end.kind === 'signalled' ? ` by ${end.signal}` : ''}`)
  }
  const output = `${run.outcome.stdout}\n${run.outcome.stderr}`
  const known = BY_MESSAGE.find(({ says }) => says.test(output))
  const code = BY_EXIT_CODE[end.exitCode] ?? known?.code ?? 'agent-failed'
  const hint = known?.hint === undefined ? '' : ` (${known.hint})`
  const mayHaveLanded = run.switches && !BEFORE_CONTACT.test(output)
  return error(code, `${what} failed with exit code ${end.exitCode}${hint}`, mayHaveLanded)
}

function missingSentence(agent: string, end: { readonly code: string; readonly sentence: string }): string {
  if (end.code !== 'ENOENT') return end.sentence
  if (agent.startsWith('/')) return `${agent} does not exist, or the interpreter that it names does not`
  const own = agent.replaceAll('_', '-').replace(/^fence-/, 'fence-agents-')
  return `${agent} is not installed: it comes with the Debian package fence-agents, in newer releases with ${own}`
}
