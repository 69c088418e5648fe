import { alertScenarios } from './alerts.ts'
import { clusterScenarios } from './cluster.ts'
import { guardScenarios } from './guards.ts'
import { mappingScenarios } from './mapping.ts'
import { peopleScenarios } from './people.ts'
import { powerScenarios } from './power.ts'
import { recoveryScenarios } from './recovery.ts'
import { restartScenarios } from './restart.ts'
import type { Scenario } from './scenario.ts'
import { stopAndReloadScenarios } from './stop-and-reload.ts'
import { stormScenarios } from './storm.ts'

export const SCENARIOS: readonly Scenario[] = [
  ...recoveryScenarios,
  ...powerScenarios,
  ...restartScenarios,
  ...stopAndReloadScenarios,
  ...peopleScenarios,
  ...mappingScenarios,
  ...guardScenarios,
  ...stormScenarios,
  ...clusterScenarios,
  ...alertScenarios,
]
