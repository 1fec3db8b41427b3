import { Units } from '../../formats';

export const units: Units = {
  microsecond: ['мкс'],
  millisecond: ['мс'],
  second: ['с', 'сек'],
  minute: ['мин', 'м'],
  hour: ['ч'],
};
