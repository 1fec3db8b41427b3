import { computed, signal } from '@angular/core';

import { Presentation, PresentationState, Step, StepState } from '../core/api/schema';

type Status = PresentationState['status'];

function stateOf(step: Step): StepState {
  return {
    id: step.id,
    planned_ms: 60_000,
    elapsed_ms: 0,
    done: false,
    conditions: [],
    claims: [],
    fixes: [],
  };
}

/** A presentation for specs, which goes through its steps as the server's does. */
export class PresentationDouble {
  readonly presentation = signal<Presentation>({
    script: { title: 'Script', language: 'en', steps: [] },
    state: {
      revision: 1,
      status: 'idle',
      own_script: false,
      step: '',
      line: 0,
      planned_ms: 120_000,
      elapsed_ms: 0,
      steps: [],
      questions: [],
    },
  });
  readonly error = signal<unknown>(null);
  readonly status = computed(() => this.presentation().state.status);
  readonly underWay = computed(() => this.status() === 'under_way');
  /** Whether the server refuses to begin. */
  refuses = false;
  /** What was asked of it, in order. */
  readonly asked: string[] = [];

  constructor(readonly steps: readonly Step[]) {
    this.presentation.update(({ script, state }) => ({
      script: { ...script, steps },
      state: { ...state, steps: steps.map(stateOf) },
    }));
  }

  /** The server says something else of a step. */
  become(id: string, more: Partial<StepState>): void {
    this.change(({ steps }) => ({
      steps: steps.map((step) => (step.id === id ? { ...step, ...more } : step)),
    }));
  }

  restart(): Promise<boolean> {
    this.asked.push('restart');
    this.error.set(this.refuses ? new Error('not ready') : null);
    if (!this.refuses) this.stand('under_way', this.steps[0]?.id ?? '', 0);
    return Promise.resolve(!this.refuses);
  }

  start(): Promise<void> {
    this.asked.push('start');
    this.stand('under_way', this.steps[0]?.id ?? '', 0);
    return Promise.resolve();
  }

  goTo(step: string, line = 0): Promise<boolean> {
    this.asked.push(`${step} ${line}`);
    this.stand('under_way', step, line);
    return Promise.resolve(true);
  }

  nextStep(): Promise<boolean> {
    this.asked.push('next');
    const { step } = this.presentation().state;
    const next = this.steps[this.steps.findIndex(({ id }) => id === step) + 1];
    this.stand(next ? 'under_way' : 'ended', next?.id ?? step ?? '', 0);
    return Promise.resolve(true);
  }

  end(): Promise<boolean> {
    this.asked.push('end');
    this.change(() => ({ status: 'ended' }));
    return Promise.resolve(true);
  }

  private stand(status: Status, step: string, line: number): void {
    this.change(() => ({ status, step, line }));
  }

  private change(to: (state: PresentationState) => Partial<PresentationState>): void {
    this.presentation.update(({ script, state }) => ({
      script,
      state: { ...state, ...to(state), revision: state.revision + 1 },
    }));
  }
}
