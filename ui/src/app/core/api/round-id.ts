/** Namespace of round ids (UUID version 5, RFC 9562), as the gateway has it: a part of what crosses the wire. */
const ROUNDS = '6f1c7a520d0e4a7b9b6e2f55d0c184e3';

/**
 * The round that a player's idempotency key makes, as the gateway derives it. Whoever knows the key can ask what became of
 * a spin whose answer never came, without sending it again: that would make the bet if it was never made.
 */
export async function roundId(playerId: string, key: string): Promise<string> {
  const name = new TextEncoder().encode(`${playerId}\n${key}`);
  const namespace = ROUNDS.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  const hash = await crypto.subtle.digest('SHA-1', new Uint8Array([...namespace, ...name]));
  const bytes = new Uint8Array(hash).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
