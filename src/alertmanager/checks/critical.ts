import { finding } from '../finding.ts'
import { allMatch } from '../matcher.ts'
import { type Check, CRITICAL, receiverEntry, waysOf } from '../model.ts'

/** A critical alert gets to somebody, at any hour. */
export const criticalIsTold: Check = (model) => {
  const { all, told } = waysOf(model, CRITICAL)
  const [first] = all
  // Without a receiver at all the root is told to be wrong.
  if (first === undefined || first.receiver === '') return []
  if (told.length === 0) {
    return [
      finding('error', 'critical-nowhere', receiverEntry(first, model.root), {
        sentence: `A critical alert goes to ${first.receiver}, which tells nobody.`,
        why: 'Of what matters most nobody hears.',
        remedy: 'Give the default receiver an integration, or severity="critical" a route to one that has.',
      }),
    ]
  }
  const muted = told.filter(({ mutedIn, activeIn }) => mutedIn.length + activeIn.length > 0)
  const always = muted.length < told.length
  return muted.map((way) => {
    const key = way.mutedIn.length > 0 ? 'mute_time_intervals' : 'active_time_intervals'
    const names = [...way.mutedIn, ...way.activeIn].join(', ')
    return finding(
      always ? 'warning' : 'error',
      'critical-muted',
      way.entry.get(key),
      {
        sentence: `A critical alert is not told to ${way.receiver} at all hours (${names}).`,
        why: always ? 'At these hours fewer are told.' : 'At these hours nobody is told.',
        remedy: 'Keep quiet hours to the routes of what can wait; a dead host cannot.',
      },
      'key',
    )
  })
}

/** A rule without `equal` mutes its targets everywhere as soon as its source fires anywhere. */
export const inhibitsEverywhere: Check = ({ inhibitions }) =>
  inhibitions
    .filter(({ equal }) => equal.length === 0)
    .map(({ entry, target, source }) => {
      const critical = target.length === 0 || allMatch(target, CRITICAL)
      const any = source.length === 0 ? 'Any alert at all' : 'One alert anywhere'
      return finding(critical ? 'error' : 'warning', 'inhibits-everywhere', entry, {
        sentence: 'This rule has no `equal` labels.',
        why: `${any} that matches its source mutes everything that matches its target${critical ? ', critical alerts too' : ''}, on every host.`,
        remedy: 'Name the labels that both must share, such as equal: [host] or equal: [cluster, namespace].',
      })
    })
