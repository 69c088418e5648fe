import { GUARDS, type GuardCode } from '../../src/core/codes.ts'
import { ALERT_MUTANTS } from './alert-mutants.ts'
import { CLUSTER_MUTANTS } from './cluster-mutants.ts'
import { edit, type Mutant } from './mutant.ts'

const ON = 'power/steps/turning-on.ts'
const OFF = 'power/steps/turning-off.ts'

/** Kept: each must be killed by a story or a random night. One that no longer applies fails as well. */
const KEPT: readonly Mutant[] = [
  { name: 'send before commit', flaws: { sendsBeforeCommit: true }, first: 'a hung host' },
  { name: 'ON needs a commit', flaws: { onNeedsCommit: true }, first: 'with the disk full' },
  {
    name: 'timeout taken as failed',
    edits: edit(
      'power/results.ts',
      "const sent = result.outcome !== 'not-sent' && result.outcome !== 'failed'",
      "const sent = result.outcome === 'ok'",
    ),
    first: 'an OFF that lands after',
  },
  {
    name: 'no settling',
    edits: edit(
      ON,
      "{ step: 'settling', nextAt: at, onSentAt: draft.now }",
      "{ step: 'on', attempts: 0, onSentAt: draft.now }",
    ),
    first: 'a hung host',
  },
  {
    name: 'no reading at restart',
    edits: edit(
      'state/restart.ts',
      'const mayLand = out && leg.offCommittedAt !== undefined',
      'const mayLand = out && false',
    ),
    first: 'a crash after the OFF',
  },
  {
    name: 'counter in memory',
    edits: edit('state/initial.ts', '...snapshot,', '...snapshot, hosts: {},'),
    first: 'budgets survive',
  },
  {
    name: 'mustBeOnBy in memory',
    edits: edit('power/steps/checking.ts', "...(intent.kind === 'cycle' ? { mustBeOnBy", '...(false ? { mustBeOnBy'),
    first: 'a hung host',
  },
  {
    name: 'guards block ON',
    edits: [
      { file: ON, from: 'import { fallBack }', to: 'import { fallBack, guardsFor }' },
      {
        file: ON,
        from: '  const since = intent.turningOnSince ?? draft.now\n',
        to: '  if (guardsFor(draft, intent).length > 0) return\n  const since = intent.turningOnSince ?? draft.now\n',
      },
    ],
    first: 'a pause lets',
  },
  {
    name: 'expiry abandons a cycle',
    edits: [
      { file: 'power/claims.ts', from: ' || cyclesFor(draft.state, claim.id)', to: '' },
      {
        file: 'power/arbiter.ts',
        from: "endEarly(draft, intent, 'claim-ended', ",
        to: "draft.put('intents', intent.id, undefined) || (",
      },
    ],
    first: 'the claim behind',
  },
  {
    name: 'stale evidence accepted',
    edits: edit(
      'evidence/observe.ts',
      'return evidence.every(isFresh) ? evidence : evidence.filter(isFresh)',
      'return evidence',
    ),
    first: 'a round that was asked',
  },
  {
    name: 'no final probe',
    edits: edit(
      'power/arbiter.ts',
      "const needsLook = (isAutomatic && claim.goal === 'cycle') || ",
      'const needsLook = ',
    ),
    first: 'a hung host',
  },
  {
    name: 'non-quorate peers believed',
    edits: edit('recovery/guards/cluster.ts', 'return view.quorate && elapsedMs', 'return elapsedMs'),
    first: 'peers-unknown: a view without',
  },
  {
    name: 'unknown left out of storm',
    edits: edit(
      'recovery/guards/storm.ts',
      "if (now?.verdict === 'up' && now.failures === 0) continue",
      "if (now?.verdict === 'unknown' || (now?.verdict === 'up' && now.failures === 0)) continue",
    ),
    first: 'storm: hosts of which nothing',
  },
  {
    name: 'identity unchecked at ON',
    edits: edit(ON, "  if (leg.identityOk !== true) return issue(draft, intent, index, 'identify')\n", ''),
    first: 'a hung host',
  },
  {
    name: 'identity unchecked at OFF after a restart',
    edits: edit(OFF, "  if (leg.identityOk !== true) return issue(draft, intent, index, 'identify')\n", ''),
    first: 'an operator’s cycle that restarts',
  },
  {
    name: 'superseded result advances a step',
    edits: [
      {
        file: 'power/results.ts',
        from: ' || leg?.command !== id || command.epoch !== metaOf(draft.state).epoch',
        to: ' || leg === undefined',
      },
      { file: 'state/restart.ts', from: "draft.put('commands', id, undefined)", to: 'void id' },
    ],
    first: 'the result of a command from before',
  },
  {
    name: 'second supply left on',
    edits: edit(
      OFF,
      "if (current.legs.every(({ step, command }) => step === 'off'",
      "if (current.legs.some(({ step, command }) => step === 'off'",
    ),
    first: 'two supplies',
  },
  {
    name: 'second supply left off',
    edits: edit(ON, 'if (current.legs.every(isDone))', 'if (current.legs.some(isDone))'),
    first: 'two supplies',
  },
  {
    name: 'timer armed under a lasting OFF',
    edits: [
      {
        file: 'power/steps/holding.ts',
        from: "if (leg.timerArmed !== 'yes') continue",
        to: 'if (index >= 0) continue',
      },
      {
        file: 'power/steps/holding.ts',
        from: "timerArmed === 'yes' || command",
        to: 'timerArmed === undefined && command',
      },
    ],
    first: 'an operator’s OFF during',
  },
  {
    name: 'hold on the wall clock',
    edits: edit(
      'power/steps/holding.ts',
      'if (allOffAt.bootId === draft.now.bootId) return full',
      "if (allOffAt.bootId === draft.now.bootId) return { ...full, bootId: 'wall' }",
    ),
    first: 'a wall clock that jumps back',
  },
  {
    name: 'acknowledgement taken as success',
    edits: [
      {
        file: 'power/results.ts',
        from: "result.outcome === 'ok' && result.reading?.state === 'off'",
        to: "result.outcome === 'ok'",
      },
      {
        file: 'power/results.ts',
        from: "result.outcome === 'ok' && result.reading?.state === 'on'",
        to: "result.outcome === 'ok'",
      },
    ],
    first: 'an acknowledged OFF',
  },
  {
    name: 'one at a time per strip only',
    edits: edit('recovery/guards/power.ts', 'if (isSettled(intent) && !sharesDevice', 'if (!sharesDevice'),
    first: 'two hosts on two strips',
  },
  {
    name: 'one good probe clears the lockout',
    edits: edit('recovery/recover.ts', '  if (healthyMs < needMs) return draft.wakeIn(needMs - healthyMs)\n', ''),
    first: 'five cycles',
  },
  {
    name: 'reload retargets a leg',
    edits: edit(
      'state/decide.ts',
      '  const names = new Set(',
      `  for (const intent of Object.values(draft.state.intents)) {
    const levels = draft.state.policy.hosts.find(({ name }) => name === intent.target)?.levels ?? []
    const legs = intent.legs.map((leg, index) => ({ ...leg, ref: levels[intent.level]?.[index] ?? leg.ref }))
    draft.put('intents', intent.id, { ...intent, legs })
  }
  const names = new Set(`,
    ),
    first: 'a reload cannot retarget',
  },
  {
    name: 'a suspend counts as failures',
    edits: edit('evidence/observe.ts', 'if (monoGap > limit || wallGap > limit) {', 'if (draft === undefined) {'),
    first: 'a process that stood still',
  },
  // Mistakes that were made, or nearly.
  {
    name: 'the last cycle of the budget is refused half way',
    edits: edit(
      'recovery/guards/power.ts',
      "  if (self !== undefined && self.barrier !== 'checking') return undefined\n  if (record.lockout",
      '  if (record.lockout',
    ),
    first: 'five cycles',
  },
  {
    name: 'one cycle too many',
    edits: edit('recovery/guards/power.ts', 'cycles >= maxCyclesPerOutage', 'cycles > maxCyclesPerOutage'),
    first: 'five cycles',
  },
  {
    name: 'a confirmed OFF cannot land again',
    edits: edit(
      OFF,
      'offMayLandUntil: later(draft.now, slowestMs(draft, intent.legs[index] as Leg)),',
      'offMayLandUntil: undefined,',
    ),
    first: 'an OFF that is doubled',
  },
  {
    name: 'an OFF in flight is forgotten when the plan has turned back before a restart',
    edits: edit(
      'state/restart.ts',
      "const out = leg.step === 'turning-off' || leg.command !== undefined",
      "const out = leg.step === 'turning-off'",
    ),
    first: 'an OFF in flight when',
  },
  {
    name: 'breadcrumbs are ignored',
    edits: edit('state/restart.ts', '    else honour(draft, crumb)\n', ''),
    first: 'with the database lost',
  },
  {
    name: 'a breadcrumb is honoured against a person',
    edits: edit(
      'state/restart.ts',
      'if (record?.offOnPurpose !== undefined || record?.personOffSince !== undefined) return true',
      '',
    ),
    first: 'a breadcrumb whose outlet a person',
  },
  {
    name: 'life from before the ON ends the boot grace',
    edits: edit('recovery/recover.ts', '    livesSinceOn(host, record.bootGraceUntil, now) &&\n', ''),
    first: 'an operator’s cycle with a short hold',
  },
  {
    name: 'no startup-grace after a standstill',
    edits: edit('evidence/observe.ts', '      graceFrom: draft.now,\n', ''),
    first: 'a process that stood still',
  },
  {
    name: 'a person’s ON is fought',
    edits: edit('power/outlets.ts', '    endClaim(draft, before.offOnPurpose.claim)\n', ''),
    first: 'a person who turns on what',
  },
  {
    name: 'a stale look overrules a command’s reading',
    edits: edit(
      'power/outlets.ts',
      'identityOk === false ? {} : newerThan(before.readings, taken)',
      'identityOk === false ? {} : taken',
    ),
    first: 'a look that is older',
  },
  {
    name: 'an order that ended with a clock in 1970 lasts for ever',
    edits: edit('power/claims.ts', ' && !outlasted(draft, claim, end)', ''),
    first: 'with a clock that was set back',
  },
  {
    name: 'a hold in 1970 lasts for ever',
    edits: edit(
      'power/steps/holding.ts',
      'return byWall.monoMs < fromStart.monoMs ? byWall : fromStart',
      'return full',
    ),
    first: 'a reboot into 1970',
  },
  {
    name: 'a plan that was given up is made again at once',
    edits: edit('recovery/recover.ts', '    if (leftMs > 0) return draft.wakeIn(leftMs)\n', ''),
    first: 'a plan that is given up',
  },
  {
    name: 'a hold is told only once in a life',
    edits: edit('power/steps/checking.ts', '      heldTold: undefined,\n', ''),
    first: 'a second hold',
  },
  {
    name: 'a taken-over cycle comes back',
    edits: edit(
      'power/arbiter.ts',
      "  if (draft.state.claims[intent.claim.id]?.goal === 'cycle') endClaim(draft, intent.claim.id)\n",
      '',
    ),
    first: 'an operator’s OFF that took over',
  },
  {
    name: 'an untouched outlet is turned on with the others',
    edits: edit(OFF, "leg.offCommittedAt === undefined ? 'on' : 'turning-on'", "'turning-on'"),
    first: 'half of two supplies: a person',
  },
  {
    name: 'an untouched outlet whose device is another one is turned on',
    edits: edit('power/results.ts', " && leg.step !== 'on') {", ') {'),
    first: 'half of two supplies: another device',
  },
  {
    name: 'the canary of the last storm goes on',
    edits: edit('evidence/observe.ts', '      stormCanary: undefined,\n', ''),
    first: 'storm: the next storm',
  },
]

/** Each guard that never refuses. `dry-run` of the whole list: no guard is without its story. */
const GUARDLESS: readonly Mutant[] = (Object.keys(GUARDS) as GuardCode[]).map((code) => ({
  name: `no guard ${code}`,
  edits: edit(
    'recovery/guards/evaluate.ts',
    'const sentence = guard.check(situation)',
    `const sentence = guard.code === '${code}' ? undefined : guard.check(situation)`,
  ),
  first: code,
}))

export const MUTANTS: readonly Mutant[] = [...KEPT, ...ALERT_MUTANTS, ...CLUSTER_MUTANTS, ...GUARDLESS]
