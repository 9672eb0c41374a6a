import { COLUMNS, type Row } from './rows';

/** Excel takes the separators of the reader's language: `;` with decimal comma in Vietnamese, `,` with point in English. */
export function csvOf(rows: readonly Row[], title: (key: string) => string, language: 'vi' | 'en'): string {
  const separator = language === 'vi' ? ';' : ',';
  const cell = (value: string | number | null): string => {
    if (value === null) return '';
    const text = typeof value === 'number' && language === 'vi' ? String(value).replace('.', ',') : String(value);
    // A cell that begins like a formula would be run by a spreadsheet.
    const safe = typeof value === 'string' && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
    return ['"', '\n', separator].some((mark) => safe.includes(mark)) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const head = COLUMNS.map((column) => cell(title(column.key)));
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column.key])));
  return `\uFEFF${[head, ...lines].map((line) => line.join(separator)).join('\r\n')}\r\n`;
}
