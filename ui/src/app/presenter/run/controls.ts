import { Action, Page, Spot } from '../../core/api/schema';
import { PARTS } from '../../core/ui/business-part';
import { pathOf } from '../../core/ui/pages';

/** Where a person presses for an action. */
export interface Control {
  /** Selects what is pressed; the first one that is shown counts. */
  readonly selectors: readonly string[];
  /** The row of a list that it is in, which has to be drawn first. */
  readonly row?: Spot;
  /** The page that has it; absent where every page has it, or the action itself leads there. */
  readonly page?: Page;
}

const link = (path: string): string => `nav a[href='${path}']`;
const of = (spot: string, inside = ''): string => `[data-spot~='${spot}'] ${inside}`.trim();
const onMachine = (...selectors: string[]): Control => ({ page: 'machine', selectors });
const anywhere = (...selectors: string[]): Control => ({ selectors });
const NEXT_STEP = of('next_step', '.main');

/** Where a person who performs the action presses. */
export function controlOf(action: Action): Control {
  if (typeof action === 'string') return simpleControl(action);
  if ('spin' in action) return onMachine(of('spin'));
  if ('open' in action) return anywhere(...linksTo(action.open));
  if ('open_trace_of' in action)
    return anywhere(
      of(`problem-${action.open_trace_of}`, 'a'),
      of('newest_trace'),
      link('/traces'),
    );
  if ('fix' in action) return onMachine(of(`problem-${action.fix}`, 'button'));
  if ('bring_back' in action) return onMachine(of(`problem-${action.bring_back}`, 'button'));
  if ('break' in action) return onMachine(of(`problem-${action.break.fault}`, 'button'));
  // The button that lets it happen once stands below the one that switches it.
  if ('fire' in action) return onMachine(of(`problem-${action.fire}`, '.foot + .foot button'));
  if ('release' in action)
    return onMachine(of('release_dial', `label:has(input[value='${action.release}'])`));
  if ('traffic' in action) return { page: 'impact', selectors: [of('traffic', 'button')] };
  return anywhere(of('questions'));
}

function simpleControl(action: Extract<Action, string>): Control {
  switch (action) {
    case 'start_of_demo':
      return onMachine('[aria-controls="reset-question"]');
    case 'same_round':
    case 'compare':
      return onMachine(NEXT_STEP);
    case 'open_newest_trace':
      return {
        row: 'newest_trace',
        selectors: [of('newest_trace'), of('services'), link('/traces')],
      };
    case 'open_culprit':
      return anywhere(of('culprit'), of('waterfall'));
    case 'open_newest_issue':
      return { row: 'newest_issue', selectors: [of('newest_issue'), link('/issues')] };
    case 'measure_overhead':
      return anywhere(of('overhead', 'button'), link('/settings'));
  }
}

/** The links that lead to a page, from the nearest one to that of the navigation. */
function linksTo(page: Page): readonly string[] {
  const part = PARTS.find(({ name }) => name === page);
  if (part) return [`a[href='${part.path}']`, link(pathOf('business'))];
  switch (page) {
    case 'trace':
    case 'compare':
      return [link(pathOf('traces'))];
    case 'issue':
      return [link(pathOf('issues'))];
    case 'overhead':
      return [link(pathOf('settings'))];
    case 'calculator':
      return [link(pathOf('business'))];
    case 'questions':
      return [];
    default:
      return [link(pathOf(page as Parameters<typeof pathOf>[0]))];
  }
}
