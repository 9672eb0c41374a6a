import { expect, test } from 'vitest';
import { receiptCode } from './receipt';

/** The same pairs stand in tests/core/test_ids.py: phone and server must read one code. */
test.each([
  ['01a1ff6f-9ff6-71bd-ba05-b80996abeed0', '16BA-QVPG-P'],
  ['00000000-0000-7000-8000-000000000000', '0000-0000-0'],
  ['ffffffff-ffff-7fff-bfff-ffffffffffff', 'ZZZZ-ZZZZ-0'],
])('%s is %s on the receipt', (id, code) => {
  expect(receiptCode(id)).toBe(code);
});
