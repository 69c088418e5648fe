import { edit, type Mutant } from '../mutant.ts'

/** Mistakes in the plan for power failures, each of which a story must notice. `first`: the beginning of its name. */
export const POWER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a latched FSD is obeyed',
    edits: edit('ups/units.ts', "return seenToCome || onBatteryAllAlong ? 'ordered' : 'latched'", "return 'ordered'"),
    first: 'a forced shutdown that was there before',
  },
  {
    name: 'a live FSD is not obeyed',
    edits: edit('ups/hurry.ts', "state.upsUnits[unit]?.fsd === 'ordered'\n  return", 'false\n  return'),
    first: 'a forced shutdown that comes',
  },
  {
    name: 'an order outlives the boot of our own machine',
    edits: edit('ups/battery.ts', 'if (row.heardAt.bootId !== now.bootId) return false', 'if (false) return false'),
    first: 'a UPS that is not heard yet',
  },
  {
    name: 'a silent UPS counts as mains',
    edits: edit('ups/supply.ts', "return silentMs <= emptyAfterMs(row) ? 'battery' : 'unknown'", "return 'mains'"),
    first: 'a UPS that falls silent on battery',
  },
  {
    name: 'a silent battery lasts for ever',
    edits: edit('ups/supply.ts', "return silentMs <= emptyAfterMs(row) ? 'battery' : 'unknown'", "return 'battery'"),
    first: 'a UPS that falls silent on battery',
  },
  {
    name: 'a blip is a power failure',
    edits: edit(
      'ups/begin.ts',
      'if (leftMs <= 0 || row.low) isTime = true',
      'if (leftMs <= policy.debounceMs || row.low) isTime = true',
    ),
    first: 'a short power failure of a few seconds',
  },
  {
    name: 'moments of mains begin the time anew',
    edits: edit(
      'ups/metering.ts',
      'return { ...rest, onBatteryMs: before.onBatteryMs + elapsedMs(since, now) }',
      'return { ...rest, onBatteryMs: 0 * elapsedMs(since, now) }',
    ),
    first: 'a short power failure again and again',
  },
  {
    name: 'the budget is not looked at',
    edits: edit(
      'ups/due.ts',
      'dueByItself(stage.plan, battery) ?? dueByBudget(question, index, battery)',
      'dueByItself(stage.plan, battery)',
    ),
    first: 'a long power failure that empties the battery sooner',
  },
  {
    name: 'a node goes on down though mains is back before it was ordered',
    edits: edit(
      'ups/shutting-down.ts',
      'return edit.outage.stages[host.stage]?.committedAt !== undefined || isCarried(edit, host)',
      'return true || isCarried(edit, host)',
    ),
    first: 'a short power failure that ends before',
  },
  {
    name: 'a stage that was committed is not finished',
    edits: edit(
      'ups/shutting-down.ts',
      'return edit.outage.stages[host.stage]?.committedAt !== undefined || isCarried(edit, host)',
      'return isCarried(edit, host)',
    ),
    first: 'a short power failure that ends right after',
  },
  {
    name: 'nodes go while HA is armed',
    edits: edit('ups/shutting-down.ts', "if (ha === 'wait') return", "if (ha === 'quiet' && false) return"),
    first: 'HA of two nodes',
  },
  {
    name: 'HA that stays armed defers nothing',
    edits: edit(
      'ups/shutting-down.ts',
      "if (ha === 'refused' && isDeferred(edit, host)) return",
      "if (ha === 'refused' && false) return",
    ),
    first: 'HA that cannot let go',
  },
  {
    name: 'HA is never armed again',
    edits: edit('ups/quieting.ts', 'if (!touched && !maybe) return true', 'if (!touched || !maybe) return true'),
    first: 'HA of two nodes',
  },
  {
    name: 'the flags of Ceph stay set',
    edits: edit('ups/quieting.ts', "if (ceph === 'clear') return true", "if (ceph !== 'setting') return true"),
    first: 'HA and Ceph',
  },
  {
    name: 'an order that was taken counts as off',
    edits: edit(
      'ups/shutting-down.ts',
      'if (isVerifiedOff(edit.state, host.host, edit.now)) return noteOff(edit, host)\n  const from',
      'if (host.ask.taken) return noteOff(edit, host)\n  const from',
    ),
    first: 'what goes wrong a node that hangs',
  },
  {
    name: 'nobody orders by SSH',
    edits: edit(
      'ups/shutting-down.ts',
      "ways[Math.floor(ask.attempts / TRIES_BY_WAY) % ways.length] ?? 'api'",
      "'api'",
    ),
    first: 'what goes wrong an API that refuses',
  },
  {
    name: 'our own host goes with its stage',
    edits: edit('ups/host-step.ts', '?.runsHere === true', '?.runsHere === undefined'),
    first: 'what goes wrong our own host',
  },
  {
    name: 'in a hurry nodes go in no order',
    edits: edit('ups/shutting-down.ts', 'return (isFirst && (', 'return ((isFirst || true) && ('),
    first: 'a forced shutdown that comes',
  },
  {
    name: 'shed guests stay down',
    edits: edit(
      'ups/start-guests.ts',
      "return part?.step === 'running' ? edit.outage.returningAt : undefined",
      'return undefined',
    ),
    first: 'guests with a tag',
  },
  {
    name: 'a relapse is not noticed',
    edits: edit(
      'ups/returning.ts',
      'if (isOnBatteryAgain(edit)) relapse(edit)',
      'if (isOnBatteryAgain(edit) && false) relapse(edit)',
    ),
    first: 'a short power failure during the return',
  },
  {
    name: 'mains counts at once',
    edits: edit(
      'ups/returning.ts',
      'const leftMs = policy.stableMs - elapsedMs(outage.mainsBackAt, now)',
      'const leftMs = 0 * elapsedMs(outage.mainsBackAt, now)',
    ),
    first: 'a short power failure again and again',
  },
  {
    name: 'hosts are started on an empty battery',
    edits: edit(
      'ups/bring-back.ts',
      'charge >= policy.returnChargePercent',
      'charge >= 0 * policy.returnChargePercent',
    ),
    first: 'a UPS that is nearly empty',
  },
  {
    name: 'recovery does not know of the plan',
    edits: [
      ...edit('recovery/guards/orders.ts', 'if (state.policy.ups === undefined) return undefined', 'return undefined'),
      ...edit('ups/leases.ts', "['recovery', 'update', 'maintenance']", '[]'),
    ],
    first: 'what goes wrong a dead host',
  },
  {
    name: 'in dry-run the plan acts',
    edits: edit(
      'ups/begin.ts',
      "dryRun: state.policy.mode === 'dry-run'",
      "dryRun: state.policy.mode === 'never' as string",
    ),
    first: 'what goes wrong dry-run',
  },
  {
    name: 'a host that has woken meanwhile is cut',
    edits: [
      ...edit(
        'power/arbiter.ts',
        "claim.purpose === 'recovery' || claim.purpose === 'ups'",
        "claim.purpose === 'recovery'",
      ),
      ...edit('recovery/guards/life.ts', "purposes: ['recovery', 'ups']", "purposes: ['recovery']"),
      ...edit('recovery/guards/power.ts', "purposes: ['ups'], check: mayBoot", 'purposes: [], check: mayBoot'),
    ],
    first: 'what goes wrong a host that wakes',
  },
  {
    name: 'what runs is not remembered before quorum goes',
    edits: edit('ups/shutting-down.ts', '  rememberGuests(edit, host.cluster)\n', ''),
    first: 'what ran on a node that is left without quorum',
  },
  {
    name: 'who waits for an outlet is late',
    edits: edit('ups/bring-back.ts', '    edit.setHost(host.host, { wayAt: now })\n', ''),
    first: 'hosts that start by their outlet wait',
  },
]
