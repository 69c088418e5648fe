/** What the core needs to know of the UPSes and of the plan for a power failure. Times in milliseconds. */
export type UpsPolicy = {
  readonly units: readonly UnitPolicy[]
  readonly hosts: readonly FedHost[]
  /** In their order. Before the first of them is due everything is kept. */
  readonly stages: readonly StagePolicy[]
  /** On battery for less than this is a blip: recorded, and nothing else. */
  readonly debounceMs: number
  /** Battery time that the plan never counts on. */
  readonly marginMs: number
  /** How long a guest is given that names no `down=` itself, before it is stopped hard. */
  readonly guestDownMs: number
  /** After this a node is shut down whatever its guests do. */
  readonly guestDeadlineMs: number
  /** What a node takes from the order to off, until that was learned. */
  readonly nodeDownMs: number
  /** A node that is not off by then has not shut down: told, and the plan goes on. */
  readonly nodeDeadlineMs: number
  /** How long HA is given to let go of the watchdogs. */
  readonly haDeadlineMs: number
  /** Mains has to last this long before it counts as back. */
  readonly stableMs: number
  /** No host is switched on below this charge. */
  readonly returnChargePercent: number
  /** How long after the return a host is given to start by its firmware's setting. */
  readonly firmwareWaitMs: number
  /** A host that was switched on and is not alive by then is told, and tried anew. */
  readonly bootPatienceMs: number
  /** Between OFF and ON of an outlet that starts a host which is down already. */
  readonly outletHoldMs: number
}

export type UnitPolicy = {
  readonly name: string
  /** Silent for longer is not heard: upsmon's DEADTIME. */
  readonly deadMs: number
  /** What it can carry, where the UPS does not tell. */
  readonly nominalWatts?: number
}

/** A host of ours that hangs on one UPS or on several. */
export type FedHost = {
  readonly host: string
  readonly units: readonly string[]
  /** With several: on battery when any of them is, or only when all are. */
  readonly onBatteryWhen: 'any' | 'all'
  /** How it is shut down, in this order. Empty: it cannot be, which is told. */
  readonly shutdownBy: readonly ('api' | 'ssh')[]
  /** How it is switched on, in this order; each way is tried until it is alive. */
  readonly startBy: readonly ('firmware' | 'wake' | 'outlet')[]
  /** For the magic packet; without it a living node of its cluster sends one. */
  readonly mac?: string
}

export type StagePolicy = {
  readonly name: string
  /** It is due by whichever comes first. */
  readonly afterMs?: number
  readonly chargeBelowPercent?: number
  readonly runtimeBelowMs?: number
  /** Guests with one of these tags are shut down, wherever they run. */
  readonly shedTags: readonly string[]
  /** Hosts that are shut down after that. */
  readonly hosts: readonly string[]
}
