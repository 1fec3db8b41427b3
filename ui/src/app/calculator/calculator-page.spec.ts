import { ComponentFixture, TestBed } from '@angular/core/testing';

import { ApiProblem } from '../core/api/api-problem';
import { CalculatorGateway } from '../core/api/calculator-gateway';
import { Calculation, CalculatorFormula, CalculatorInput } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { CalculatorPage } from './calculator-page';

const stake: CalculatorInput = {
  id: 'average_stake',
  topic: 'volume',
  unit: 'money',
  spread: 'same',
  least: 0,
  most: 100_000_000_000,
  values: { pessimistic: 10_000, expected: 10_000, optimistic: 10_000 },
  built_in: true,
  measured: null,
  offered: { value: 1_250, spins: 320, at: 1_764_000_000_000 },
};
const fewer: CalculatorInput = {
  id: 'churn_less_percent',
  topic: 'churn',
  unit: 'percent',
  spread: 'grows',
  least: 0,
  most: 100,
  values: { pessimistic: 5, expected: 15, optimistic: 20 },
  built_in: true,
  measured: null,
  offered: null,
};
const formula = (
  id: CalculatorFormula['id'],
  topic: CalculatorFormula['topic'],
  text: string,
  [pessimistic, expected, optimistic]: readonly [number | null, number | null, number | null],
  unit: CalculatorFormula['unit'] = 'money',
): CalculatorFormula => ({
  id,
  topic,
  unit,
  text,
  built_in: true,
  values: { pessimistic, expected, optimistic },
});
const calculation: Calculation = {
  currency: 'RUB',
  inputs: [stake, fewer],
  formulas: [
    formula(
      'churn_value',
      'churn',
      'average_stake * churn_less_percent / 100',
      [5_000_000, 15_000_000, 20_000_000],
    ),
    formula('telemetry_cost', 'costs', 'average_stake', [10_000_000, 10_000_000, 10_000_000]),
    formula('net', 'result', 'churn_value - telemetry_cost', [-5_000_000, 5_000_000, 10_000_000]),
    formula('payback_months', 'result', '1 / net', [null, 2.25, 1], 'months'),
  ],
};

describe('the calculator', () => {
  const gateway = {
    calculation: vi.fn(),
    assume: vi.fn(),
    takeOver: vi.fn(),
    useFormula: vi.fn(),
    useBuiltInFormula: vi.fn(),
  };
  let fixture: ComponentFixture<CalculatorPage>;

  beforeEach(async () => {
    vi.resetAllMocks();
    gateway.calculation.mockResolvedValue(calculation);
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: CalculatorGateway, useValue: gateway },
        { provide: Address, useValue: { path: () => '/business/calculator', follow: vi.fn() } },
      ],
    });
    fixture = TestBed.createComponent(CalculatorPage);
    await fixture.whenStable();
  });
  afterEach(() => fixture.destroy());

  const find = <T extends HTMLElement>(name: string): T => {
    const found = (fixture.nativeElement as HTMLElement).querySelector<T>(`[data-test="${name}"]`);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };
  const text = (name: string): string => find(name).textContent.replace(/\s+/gu, ' ').trim();
  const type = async (name: string, typed: string): Promise<void> => {
    const field = find<HTMLInputElement>(name);
    field.value = typed;
    field.dispatchEvent(new Event('change'));
    await fixture.whenStable();
  };
  const press = async (name: string): Promise<void> => {
    find(name).click();
    await fixture.whenStable();
  };

  it('says what remains of a month and when it pays for itself, and what never does', () => {
    expect(text('scenario-pessimistic')).toBe(
      'Pessimistic−50,000 ₽ a monthdoes not pay for itself',
    );
    expect(text('scenario-expected')).toBe('Expected50,000 ₽ a monthpays for itself in 2.3 months');
    const width = (scenario: string): string =>
      find(`scenario-${scenario}`).querySelector('i')?.style.width ?? '';
    expect([width('pessimistic'), width('expected'), width('optimistic')]).toEqual([
      '25%',
      '75%',
      '100%',
    ]);
  });

  it('marks each value as an assumption until a measured one is taken over with one click', async () => {
    expect(text('input-average_stake')).toContain('assumption');
    expect(text('take-average_stake')).toBe('Use measured: 12.50 ₽');
    const taken = {
      ...stake,
      values: { ...fewer.values, expected: 1_250 },
      measured: stake.offered,
    };
    gateway.takeOver.mockResolvedValue({ ...calculation, inputs: [taken] });
    await press('take-average_stake');
    expect(gateway.takeOver).toHaveBeenCalledWith('average_stake');
    expect(text('input-average_stake')).toContain('measured: 320 spins');
    expect(text('input-average_stake')).not.toContain('assumption');
  });

  it('sends money in minor units, and what is one value in all scenarios', async () => {
    gateway.assume.mockResolvedValue(calculation);
    await type('value-average_stake-expected', '1,200.50');
    const all = { pessimistic: 120_050, expected: 120_050, optimistic: 120_050 };
    expect(gateway.assume).toHaveBeenCalledWith('average_stake', all);
    await type('value-churn_less_percent-expected', '12,5');
    const one = { pessimistic: 5, expected: 12.5, optimistic: 20 };
    expect(gateway.assume).toHaveBeenLastCalledWith('churn_less_percent', one);
  });

  it('says what a field can have, and asks nobody about a text that is no number', async () => {
    await type('value-churn_less_percent-optimistic', 'much');
    expect(text('input-churn_less_percent')).toContain('Enter a number from 0 to 100.');
    expect(gateway.assume).not.toHaveBeenCalled();
    const problem = { status: 422, code: 'invalid_request', field: 'expected' };
    gateway.assume.mockRejectedValue(new ApiProblem(problem));
    await type('value-churn_less_percent-pessimistic', '16');
    expect(text('input-churn_less_percent')).toContain('must not fall from pessimistic');
  });

  it('shows formulas in words, and names the place of a mistake while the formula in use stays', async () => {
    expect(text('formula-churn_value')).toContain('= Average stake × Churn, decrease ÷ 100');
    await press('edit-churn_value');
    const mistake = { kind: 'name', at: 16, part: 'churn_les' } as const;
    const problem = { status: 422, code: 'invalid_request', field: 'text', mistake };
    gateway.useFormula.mockRejectedValue(new ApiProblem(problem));
    const box = find<HTMLTextAreaElement>('text-churn_value');
    box.value = 'average_stake * churn_les';
    await press('save-churn_value');
    expect(text('formula-churn_value')).toContain('Character 17: there is no “churn_les”');
    expect(text('formula-churn_value')).toContain('The formula in use has not changed.');
    expect([box.selectionStart, box.selectionEnd]).toEqual([16, 25]);
    expect(text('result-churn_value-expected')).toBe('150,000 ₽');

    const used = { ...calculation.formulas[0], text: 'average_stake', built_in: false };
    gateway.useFormula.mockResolvedValue({ ...calculation, formulas: [used] });
    await press('save-churn_value');
    expect(text('formula-churn_value')).toContain('= Average stake');
    gateway.useBuiltInFormula.mockResolvedValue(calculation);
    await press('built-in-churn_value');
    expect(text('formula-churn_value')).toContain('Churn, decrease');
  });
});
