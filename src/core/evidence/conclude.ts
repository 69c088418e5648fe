import type { HostPolicy } from '../policy.ts'
import type { Evidence } from './types.ts'

/** What one round says of one host, before it is counted over rounds. */
export type Conclusion = 'up' | 'kernel-only' | 'silent' | 'unknown'

/**
 * Weighs one host's answers of one round. Life counts for what it proves: a kernel that answers while every working
 * userland probe is silent is `kernel-only`. Silence counts only when every probe that could prove life was asked and
 * worked.
 */
export function conclude(host: HostPolicy, answers: readonly Evidence[]): Conclusion {
  let kernelLife = false
  let broken = false
  let silent = false
  let userlandSilent = false
  for (const answer of answers) {
    if (answer.says === 'life') {
      if (answer.proves === 'userland') return 'up'
      if (answer.proves === 'kernel') kernelLife = true
      if (answer.proves === 'kernel' && channelProves(host, answer.channel) === 'userland') userlandSilent = true
    } else if (answer.says === 'probe-broken') {
      if (channelProves(host, answer.channel) !== 'none') broken = true
    } else if (channelProves(host, answer.channel) !== 'none') {
      silent = true
      if (channelProves(host, answer.channel) === 'userland') userlandSilent = true
    }
  }
  if (silent && !broken && !allAsked(host, answers)) broken = true
  if (kernelLife) return userlandSilent && !broken ? 'kernel-only' : 'up'
  return silent && !broken ? 'silent' : 'unknown'
}

function allAsked(host: HostPolicy, answers: readonly Evidence[]): boolean {
  return host.channels.every(({ name, proves }) => proves === 'none' || answers.some(({ channel }) => channel === name))
}

function channelProves(host: HostPolicy, channel: string): 'kernel' | 'userland' | 'none' {
  for (const known of host.channels) if (known.name === channel) return known.proves
  return 'none'
}
