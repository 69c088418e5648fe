import type { Core, EngineFlaws } from './core.ts'
import type { Setup } from './setup.ts'
import type { Simulation } from './simulation.ts'
import type { Watch } from './watch.ts'

export type SimulationOptions = {
  readonly setup: Setup
  readonly core?: Core
  readonly flaws?: EngineFlaws
  readonly watch?: (simulation: Simulation) => Watch
  /** Keeps no story: for measuring. */
  readonly quiet?: boolean
}
