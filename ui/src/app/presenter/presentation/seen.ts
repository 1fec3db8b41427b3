import { Seen } from '../../core/api/schema';
import { partAt } from '../../core/ui/business-part';
import { pageAt } from '../../core/ui/pages';
import { placeAt } from '../../core/ui/trace-place';

/** What a person sees at an address of the window. */
export function seenAt(path: string): readonly Seen[] {
  const page = pageAt(path);
  switch (page) {
    case 'traces': {
      const place = placeAt(path);
      if (place.what === 'list') return [{ page: 'traces' }];
      if (place.what === 'trace') return [{ page: 'trace' }, { trace: place.id }];
      const { before, after } = place;
      return [{ page: 'compare' }, { compared: { before, after } }];
    }
    case 'issues': {
      const issue = path.split('/')[2] ?? '';
      return issue === '' ? [{ page: 'issues' }] : [{ page: 'issue' }, { issue }];
    }
    case 'business':
      return [{ page: partAt(path) }];
    default:
      return [{ page }];
  }
}
