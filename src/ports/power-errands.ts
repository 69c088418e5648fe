import type { Errand, ErrandResult } from '../core/ups/errands.ts'

/** Carries out what the plan for a power failure asks of the world. Never throws; ends by the errand's limit. */
export interface PowerErrands {
  run(errand: Errand): Promise<ErrandResult>
}
