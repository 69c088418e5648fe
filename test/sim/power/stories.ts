import './plan-stories.ts'
import './trouble-stories.ts'

export { STORIES, type Story, tellUnder } from './story.ts'
