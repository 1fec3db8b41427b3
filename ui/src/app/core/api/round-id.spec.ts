import { roundId } from './round-id';

describe('the round of a key', () => {
  // The tests of the gateway contain the same values.
  it('is what the gateway makes of it (UUID version 5)', async () => {
    expect(await roundId('p1', 'k')).toBe('e11fe37a-5499-5dc9-95f5-65e142121d11');
    expect(await roundId('6f1c7a52-0000-4000-8000-000000000001', '7e9d')).toBe(
      '5043bc96-3e19-53f5-8ce6-b6b58b458ab3',
    );
    // Beyond ASCII: both sides use UTF-8.
    expect(await roundId('игрок', 'ключ ✓')).toBe('a1611331-0d07-5a21-a92f-e99176385c7e');
  });
});
