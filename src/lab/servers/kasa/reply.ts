import type { Delivery, Outlet, Strip, World } from '../../world/index.ts'
import type { StripFaults } from './faults.ts'
import type { ViolationCode } from './violations.ts'

/** What one request may touch. `delivery` is how a switch reaches the relay. */
export type Bench = {
  readonly world: World
  readonly strip: Strip
  readonly faults: StripFaults
  readonly delivery: Delivery
  readonly violate: (code: ViolationCode, detail: string) => void
}

/** The outlet that a request is about. `none`: it named no child; `unknown`: a child that does not exist. */
export type Child = Outlet | 'none' | 'unknown'
export type Reply = Record<string, unknown>

export const failed = (errCode: number, errMsg: string): Reply => ({ err_code: errCode, err_msg: errMsg })
export const NO_ENTRY = failed(-14, 'entry not exist')
export const NO_MODULE = failed(-1, 'module not support')
export const NO_MEMBER = failed(-2, 'member not support')
export const BAD_ARGUMENT = failed(-3, 'invalid argument')

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
