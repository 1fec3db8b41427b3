import { Injectable, inject } from '@angular/core';

import { Session } from '../../core/api/session';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { Play } from './play';

/** Pause after a message of such a spin, in milliseconds: its trace comes in parts, the money with one of them. */
const SETTLED_MS = 500;

/** Brings balance and rounds up to date after a spin of this player in another window, or by a program. */
@Injectable({ providedIn: 'root' })
export class OtherWindows {
  constructor() {
    const [play, session] = [inject(Play), inject(Session)];
    let timer: ReturnType<typeof setTimeout> | undefined;
    inject(TelemetryStream).on('trace', ({ trace_id, player, measurements }) => {
      const isOurs = player !== undefined && player === session.player()?.player_id;
      if (!isOurs || !measurements['stake']) return;
      const here = [play.traceId(), ...play.recent().map(({ traceId }) => traceId)];
      if (here.includes(trace_id)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void play.lookAgain();
      }, SETTLED_MS);
    });
  }
}
