import { Secret, SecretMissing } from '../../config/secret.ts'
import type { FenceSettings } from './settings.ts'

export type AgentAction = 'on' | 'off' | 'status' | 'monitor' | 'list' | 'list-status'

/** What is written to an agent's standard input, and the secret values in it, none of which may ever be shown. */
export type AgentInput = { readonly text: string; readonly secrets: readonly string[] }

/**
 * `key=value` lines, as fence agents read them (ClusterLabs FenceAgentAPI.md). A secret is read now, at its use. Answers
 * `problem` where a secret is missing or cannot be written as one line.
 */
export function agentInput(
  settings: FenceSettings,
  action: AgentAction,
  outlet: string,
): AgentInput | { readonly problem: string } {
  const lines = [`action=${action}`]
  const secrets: string[] = []
  for (const [key, option] of Object.entries(settings.options)) {
    if (outlet !== '' && key === settings.plugOption) continue
    const value = reveal(option)
    if (typeof value !== 'string') return { problem: `the option ${key}: ${value.problem}` }
    if (option instanceof Secret && value !== '') secrets.push(value)
    if (/[\r\n\0]/.test(value)) return { problem: `the option ${key} must be one line of text` }
    lines.push(`${key}=${quoted(value)}`)
  }
  if (outlet !== '') {
    if (/[\r\n\0]/.test(outlet)) return { problem: 'the outlet must be one line of text' }
    lines.push(`${settings.plugOption}=${quoted(outlet)}`)
  }
  return { text: `${lines.join('\n')}\n`, secrets }
}

function reveal(option: FenceSettings['options'][string]): string | { readonly problem: string } {
  // Agents take a flag such as lanplus as 1 or 0; some compare with exactly these.
  if (typeof option === 'boolean') return option ? '1' : '0'
  if (!(option instanceof Secret)) return String(option)
  try {
    return option.reveal()
  } catch (error) {
    if (error instanceof SecretMissing) return { problem: error.message }
    throw error
  }
}

/** The agents' library trims lines and takes one pair of double quotes off a value: what would suffer is put in a pair. */
function quoted(value: string): string {
  return value !== value.trim() || /^".*"$/.test(value) ? `"${value}"` : value
}
