import { describe, expect, it } from 'vitest';
import { span, together } from './lent';
import type { Loan } from './types';

const loan = (courier: string, on: string, office = 'b'): Loan => ({
  courier_id: courier,
  courier_name: courier,
  on,
  home_office_id: 'a',
  home_office_name: 'A',
  office_id: office,
  office_name: office,
});

describe('loans', () => {
  it('become stretches of days in a row, each of one courier and office', () => {
    const loans = [loan('x', '2026-11-29'), loan('y', '2026-11-29'), loan('x', '2026-11-30'), loan('x', '2026-12-01', 'c'), loan('x', '2026-12-02'), loan('y', '2026-12-01')];
    expect(together(loans).map((one) => [one.courierId, one.officeId, one.firstOn, one.lastOn])).toEqual([
      ['x', 'b', '2026-11-29', '2026-11-30'],
      ['y', 'b', '2026-11-29', '2026-11-29'],
      ['x', 'c', '2026-12-01', '2026-12-01'],
      ['x', 'b', '2026-12-02', '2026-12-02'],
      ['y', 'b', '2026-12-01', '2026-12-01'],
    ]);
  });

  it('are told by their days', () => {
    expect(span({ firstOn: '2026-11-29', lastOn: '2026-11-29' })).toBe('29/11');
    expect(span({ firstOn: '2026-11-29', lastOn: '2026-12-01' })).toBe('29/11–01/12');
  });
});
