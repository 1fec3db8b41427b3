/**
 * Namespace of round ids (UUID version 5, RFC 9562), equal to the gateway's: it is part of the API.
 */
const ROUNDS = '6f1c7a520d0e4a7b9b6e2f55d0c184e3';

/**
 * The id of the round of a player's idempotency key, derived as in the gateway. With it the page
 * can ask for the state of a spin without a reply, and does not send the spin again, which could
 * make the bet.
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
