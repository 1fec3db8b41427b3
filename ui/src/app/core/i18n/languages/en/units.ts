import { Units } from '../../formats';

export const units: Units = {
  microsecond: ['µs', 'μs', 'us'],
  millisecond: ['ms'],
  second: ['s', 'sec'],
  minute: ['min', 'm'],
  hour: ['h'],
};
