import type { State } from '../state/types.ts'
import type { HostProgress } from './types.ts'

/** Nothing more is waited for: it is off, or has had its time. */
export function isSettled({ step }: HostProgress): boolean {
  return step === 'off' || step === 'not-off'
}

/** Up, and nothing is wanted of it. */
export function isIdle({ step }: HostProgress): boolean {
  return step === 'running' || step === 'on'
}

/** It carries us: it goes last, whatever its stage. */
export function carriesUs(state: State, { host }: Pick<HostProgress, 'host'>): boolean {
  return state.policy.hosts.find(({ name }) => name === host)?.runsHere === true
}
