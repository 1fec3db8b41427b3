import { Injectable, inject } from '@angular/core';

import { Preferences } from '../core/api/preferences';

const SILENT_AFTER_MS = 1500;
/** A major pentatonic scale from A4, in which any notes sound well together. */
const SCALE_HZ = [440, 495, 554.4, 659.3, 740, 880, 990, 1108.7];

/** Synthesised sounds, off until a person switches them on. */
@Injectable({ providedIn: 'root' })
export class Sound {
  private readonly preferences = inject(Preferences);
  private context: AudioContext | null = null;
  private silence: ReturnType<typeof setTimeout> | undefined;

  /** A short knock when a reel stops, slightly higher from reel to reel. */
  reelStop(reel: number): void {
    this.play((context) => tone(context, 150 + reel * 18, 0, 0.07, 0.25, 'triangle'));
  }

  /** An arpeggio, which is longer for a larger win. */
  win(multipleOfStake: number): void {
    const notes = Math.min(SCALE_HZ.length, 3 + Math.floor(Math.log2(1 + multipleOfStake)));
    this.play((context) => {
      for (const [index, hertz] of SCALE_HZ.slice(0, notes).entries()) {
        tone(context, hertz, index * 0.085, 0.32, 0.16, 'sine');
      }
    });
  }

  private play(sound: (context: AudioContext) => void): void {
    if (!this.preferences.sound()) return;
    try {
      this.context ??= new AudioContext();
      void this.context.resume();
      sound(this.context);
    } catch {
      // The machine has no audio device and plays silently.
      return;
    }
    // A running audio context costs processor time even in silence.
    clearTimeout(this.silence);
    this.silence = setTimeout(() => void this.context?.suspend(), SILENT_AFTER_MS);
  }
}

function tone(
  context: AudioContext,
  hertz: number,
  delay: number,
  length: number,
  volume: number,
  shape: OscillatorType,
): void {
  const start = context.currentTime + delay;
  const oscillator = new OscillatorNode(context, { type: shape, frequency: hertz });
  const loudness = new GainNode(context, { gain: 0 });
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(volume, start + 0.008);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + length);
  oscillator.connect(loudness).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + length);
}
