import { expect, test } from 'vitest';

const files = import.meta.glob<Record<string, unknown>>('../../messages/*/*.json', {
  eager: true,
  import: 'default',
});

test('no sentence ends right after a time: its unit may end with a full stop of its own', () => {
  const texts = Object.entries(files).flatMap(([file, messages]) =>
    Object.entries(messages).map(([key, text]) => `${file} ${key}: ${JSON.stringify(text)}`),
  );
  expect(texts.length).toBeGreaterThan(500);
  expect(texts.filter((text) => text.includes('{time}.'))).toEqual([]);
});
